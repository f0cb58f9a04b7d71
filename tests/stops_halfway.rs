//! Ctrl-C: whatever is being written vanishes, and nothing more is written by this process. One
//! test in a file of its own, since the process is over after it.

use dinhdanh::write::{PendingFolder, WriteError, abandon_all};

#[test]
fn stopping_leaves_no_partial_folder() {
    let work = tempfile::tempdir().unwrap();
    let target = work.path().join("new/out");
    let folder = PendingFolder::create(&target, false, []).unwrap();
    folder.write("records.csv", |_| Ok(())).unwrap();
    assert!(folder.path().join("records.csv").is_file());

    abandon_all();

    assert!(!folder.path().exists());
    assert!(matches!(folder.write("update.csv", |_| Ok(())), Err(WriteError::Abandoned)));
    assert!(matches!(folder.commit(), Err(WriteError::Abandoned)));
    assert!(!target.exists());
    assert!(matches!(PendingFolder::create(&target, false, []), Err(WriteError::Abandoned)));
}
