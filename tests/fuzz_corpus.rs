//! Every file of the fuzz corpus through the function it was kept for, with the ordinary compiler:
//! what once broke a parser never does again, and the targets stay in step with the program.

#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::{fs, path::Path};

/// Runs a target on each file of its corpus; a file that breaks it is named.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<std::path::PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 4, "{target}: {} files", files.len());
    let breaks = |file: &std::path::PathBuf| {
        let bytes = fs::read(file).unwrap();
        std::panic::catch_unwind(|| run(&bytes)).is_err()
    };
    files.retain(breaks);
    assert!(files.is_empty(), "{target} breaks on {files:?}");
}

macro_rules! corpus {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target), targets::$target);
        })*
    };
}

corpus!(workbook delimited header mapping rules date name personal_id decisions index);

/// The desk answers from a thread of its own: that one must not have panicked either.
#[test]
fn http() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static PANICKED: AtomicBool = AtomicBool::new(false);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name().is_none_or(|name| name == "http") {
            PANICKED.store(true, Ordering::SeqCst);
        }
        usual(panic);
    }));
    replay("http", |bytes| {
        targets::http(bytes);
        assert!(!PANICKED.load(Ordering::SeqCst), "the desk panicked");
    });
}
