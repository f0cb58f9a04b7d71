//! Texts as records hold them: by the million, most of them short or held by others too.

/// A text that does not change. Up to 16 bytes stand in the value itself; longer ones are shared by
/// whoever holds them, so that a cell that means what it says is one text in memory.
pub type Text = lean_string::LeanStr;

/// A value that may be a text as it stands in its cell.
pub trait Written {
    /// The text, where the value is one.
    fn text(&self) -> Option<&Text> {
        None
    }
}

impl Written for Text {
    fn text(&self) -> Option<&Text> {
        Some(self)
    }
}
