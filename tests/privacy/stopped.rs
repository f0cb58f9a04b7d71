//! Stopped in the middle of it, a command leaves nothing behind that it had begun.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::program::Office;

fn partial(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.to_string_lossy().contains(".partial"))
}

/// Waits until the program has begun to write, looks that nobody else can read it, and stops it.
fn stop(office: &Office, mut program: Child, signal: &str) -> Option<i32> {
    use std::os::unix::fs::PermissionsExt;
    let begun = loop {
        if let Some(path) = partial(&office.path("")) {
            break path;
        }
        assert!(program.try_wait().unwrap().is_none(), "it ended before it began to write");
        thread::sleep(Duration::from_millis(5));
    };
    let mode = fs::metadata(&begun).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode, 0, "{}", begun.display());
    // The handler is set up before anything is written.
    let killed = Command::new("kill").args([signal, &program.id().to_string()]).status().unwrap();
    assert!(killed.success());
    program.wait().unwrap().code()
}

fn start(office: &Office, arguments: &[&str]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("dinhdanh"));
    command.current_dir(office.path("")).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn whatever_stops_it_no_temporary_file_is_left() {
    let office = Office::furnished();
    let run = ["run", "children.csv", "--register", "register.csv", "--out", "out", "--quiet"];
    assert_eq!(office.run(&run).code, Some(0));
    let made = office.run(&["seal", "--new-identity", "mine"]);
    let public = made.out.split_whitespace().find(|word| word.starts_with("age1")).unwrap().to_owned();
    // A file so long that sealing it takes minutes; it takes no room.
    fs::File::create(office.path("out/long")).unwrap().set_len(1 << 36).unwrap();
    for signal in ["-INT", "-TERM", "-HUP"] {
        let program = start(&office, &["seal", "out", "--recipient", &public, "--out", "run.age"]);
        assert_eq!(stop(&office, program, signal), Some(130), "{signal}");
        assert!(partial(&office.path("")).is_none() && !office.path("run.age").exists(), "{signal}");
    }
    // A sealed file that never comes: the folder is begun, the opening waits.
    let pipe = Command::new("mkfifo").arg(office.path("run.age")).status().unwrap();
    assert!(pipe.success());
    for signal in ["-INT", "-TERM"] {
        let program = start(&office, &["open", "run.age", "--identity", "mine", "--out", "again"]);
        assert_eq!(stop(&office, program, signal), Some(130), "{signal}");
        assert!(partial(&office.path("")).is_none() && !office.path("again").exists(), "{signal}");
    }
    // The log was told of nothing, and is as whole as before.
    fs::remove_file(office.path("run.age")).unwrap();
    fs::remove_file(office.path("out/long")).unwrap();
    assert_eq!(office.run(&["audit", "verify", "out"]).code, Some(0));
}
