//! The pages as HTML: one file a page. They show what they are given and decide nothing.

mod agreement;
mod compared;
mod decided;
mod home;
mod known;
mod layout;
mod marks;
mod queue_list;
mod review;
mod running;
mod sheets;
mod summary;
mod waterfall;

pub use agreement::agreement;
pub use decided::decided;
pub use home::{Dropped, home};
pub use layout::{Tab, View};
pub use queue_list::queue_list;
pub use review::{Shown, review};
pub use running::{progress_text, running};
pub use sheets::columns;
pub use summary::{Download, summary};
