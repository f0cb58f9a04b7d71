//! The desk as a browser without a screen: the real program, spoken to over plain HTTP.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A desk at work; killed when dropped.
pub struct Desk {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub host: String,
    /// The one-time token.
    pub token: String,
    /// The session, once it is open.
    pub cookie: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Answer {
    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(have, _)| have == name).map_or("", |(_, value)| value)
    }

    /// The value of the hidden field of a form.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start).unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Desk {
    /// Starts the program with these arguments; nobody has come in yet.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("dinhdanh"))
            .current_dir(folder)
            .args(arguments)
            .arg("--no-open")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output is piped");
        BufReader::new(out).read_line(&mut line).expect("it says its address");
        let address = line.split_whitespace().last().expect("an address").to_owned();
        let (host, token) = address
            .strip_prefix("http://")
            .and_then(|address| address.split_once("/start?token="))
            .unwrap_or_else(|| panic!("an address with a token: {line}"));
        Self { host: host.to_owned(), token: token.to_owned(), child, cookie: String::new() }
    }

    /// The same, and comes in.
    pub fn open(folder: &Path, arguments: &[&str]) -> Self {
        let mut desk = Self::start(folder, arguments);
        let answer = desk.send("GET", &format!("/start?token={}", desk.token), &[], b"");
        assert_eq!(answer.status, 303, "{answer:?}");
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        desk.cookie = cookie;
        desk
    }

    /// One request with exactly these headers beside `Host` and the cookie, which they replace.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![("Host", self.host.as_str()), ("Connection", "close")];
        if !self.cookie.is_empty() {
            all.push(("Cookie", &self.cookie));
        }
        all.retain(|(name, _)| !headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        let length = body.len().to_string();
        if method != "GET" && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Length")) {
            all.push(("Content-Length", &length));
        }
        let mut stream = TcpStream::connect(&self.host).expect("the desk listens");
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in all {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        // A refusal may come before the whole body is taken.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        read_answer(&answer)
    }

    /// A page.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// A form of this desk's own pages.
    pub fn post(&self, path: &str, values: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish();
        let origin = format!("http://{}", self.host);
        let headers = [("Origin", origin.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &headers, body.as_bytes())
    }

    /// A dropped file.
    pub fn upload(&self, shelf: &str, name: &str, bytes: &[u8]) -> Answer {
        let origin = format!("http://{}", self.host);
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        self.send("POST", &format!("/upload/{shelf}?name={name}"), &[("Origin", &origin)], bytes)
    }

    /// Follows redirects to a page.
    pub fn follow(&self, path: &str) -> (String, Answer) {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.get(&path);
            if answer.status != 303 {
                return (path, answer);
            }
            path = answer.header("location").to_owned();
        }
        panic!("redirects without end");
    }

    /// Ends the process as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Waits until it has ended itself.
    pub fn wait(&mut self) -> i32 {
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_answer(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    assert!(!chunked, "pages are sent whole");
    Answer { status, headers, body: String::from_utf8_lossy(&bytes[end + 4..]).into_owned() }
}
