//! The program as a whole: how it is configured from outside, how it starts and how it stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// The program, without any setting of the surroundings.
#[expect(clippy::disallowed_methods, reason = "a test starts the program")]
fn millpond() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_millpond"));
    let ours = |name: &str| name.starts_with("MILLPOND_");
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
}

/// A running program; it is killed with this.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    err: BufReader<ChildStderr>,
    address: String,
    scheme: String,
}

impl Running {
    /// Starts it and reads where it listens.
    fn start(command: &mut Command) -> Running {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let err = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("it says where it listens");
        let (_, url) = line.trim().split_once("listens on ").expect("a URL");
        let (scheme, address) = url.split_once("://").expect("a scheme");
        let (scheme, address) = (scheme.to_owned(), address.to_owned());
        Running { child, out, err, address, scheme }
    }

    /// The next lines of its standard output.
    fn says(&mut self, lines: usize) -> String {
        let mut text = String::new();
        for _ in 0..lines {
            self.out.read_line(&mut text).expect("a line");
        }
        text
    }

    /// Reads its log up to a line with this text.
    fn logs(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(self.err.read_line(&mut line).expect("a line") > 0, "no line with {text}");
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a client in a test")]
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }

    fn exit_status(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn refused(command: &mut Command, status: i32, parts: &[&str]) {
    let Output { status: exit, stderr, .. } = command.output().expect("the program starts");
    let error = String::from_utf8_lossy(&stderr);
    assert_eq!(exit.code(), Some(status), "{error}");
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
}

#[test]
fn it_says_where_it_listens_and_serves_until_it_is_asked_to_stop() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut running = Running::start(millpond().args(["--memory", "--listen", "127.0.0.1:0"]));
        assert_eq!(running.scheme, "http");
        assert!(running.says(1).starts_with("Data is in memory only"));
        assert!(running.says(3).contains(&format!("AWS_ENDPOINT_URL=http://{} ", running.address)));
        let health = running.get("/_millpond/health");
        assert!(health.starts_with("HTTP/1.1 200 OK") && health.contains(r#""ready":true"#));
        assert!(
            running.get("/_millpond/metrics").contains("\nmillpond_connections_accepted_total 2")
        );
        running.signal(signal);
        running.logs("stopped");
        assert_eq!(running.exit_status(), Some(0));
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut running = Running::start(millpond().args([
        "--memory",
        "--listen",
        "127.0.0.1:0",
        "--shutdown-grace",
        "1h",
    ]));
    let mut unfinished = running.connect();
    unfinished
        .write_all(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        )
        .expect("sent");
    let mut go_on = [0; 12];
    unfinished.read_exact(&mut go_on).expect("the request has begun");
    assert_eq!(&go_on, b"HTTP/1.1 100");
    running.signal(Signal::TERM);
    running.logs("asked to stop");
    running.signal(Signal::TERM);
    assert_eq!(running.exit_status(), Some(130));
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("millpond.toml");
    let settings = "listen = \"127.0.0.1:0\"\nmemory = true\nregion = \"eu-west-1\"\n\
        account = \"111111111111\"\npublic-url = \"http://file\"\n";
    std::fs::File::create(&file)
        .and_then(|mut f| f.write_all(settings.as_bytes()))
        .expect("a file");
    let mut running = Running::start(
        millpond()
            .env("MILLPOND_CONFIG", &file)
            .env("MILLPOND_REGION", "eu-west-2")
            .env("MILLPOND_PUBLIC_URL", "http://variable")
            .args(["--public-url", "http://flag"]),
    );
    let text = running.says(5);
    assert!(text.contains("AWS_ENDPOINT_URL=http://flag "), "{text}");
    assert!(text.contains("AWS_REGION=eu-west-2 "), "{text}");
    assert!(text.contains("AWS_ACCESS_KEY_ID=111111111111 "), "{text}");
}

#[test]
fn bad_settings_are_refused_before_anything_is_done() {
    refused(millpond().args(["--listen", "0.0.0.0:4566"]), 2, &["0.0.0.0:4566", "--insecure"]);
    refused(millpond().env("MILLPOND_LISTEN", "4566"), 2, &["--listen", "4566"]);
    refused(millpond().args(["--config", "/no/such/file"]), 2, &["/no/such/file"]);
    refused(millpond().args(["--listn", "127.0.0.1:0"]), 2, &["--listn", "--listen"]);
    refused(millpond().args(["--memory", "--log-filter", "a=b=c"]), 1, &["a=b=c", "log filter"]);
}

#[test]
fn an_address_in_use_is_an_error_that_names_it() {
    let running = Running::start(millpond().args(["--memory", "--listen", "127.0.0.1:0"]));
    refused(millpond().args(["--memory", "--listen", &running.address]), 1, &[&running.address]);
}

#[test]
fn the_log_can_be_json() {
    let mut running =
        Running::start(millpond().args(["--memory", "--listen", "127.0.0.1:0", "--log", "json"]));
    let mut line = String::new();
    running.err.read_line(&mut line).expect("a line");
    assert!(line.starts_with("{\"") && line.contains(&running.address), "{line}");
}

#[test]
fn it_knows_its_version_and_its_help() {
    let version = millpond().arg("--version").output().expect("the program starts");
    let expected = format!("millpond {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&version.stdout), expected);
    let help = millpond().arg("--help").output().expect("the program starts");
    assert!(String::from_utf8_lossy(&help.stdout).contains("MILLPOND_LISTEN"));
}

#[test]
fn it_lists_the_operations_that_it_has() {
    let operations = millpond().arg("operations").output().expect("the program starts");
    let text = String::from_utf8_lossy(&operations.stdout);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(text.lines().any(|line| words(line) == ["sqs", "SendMessage", "yes"]), "{text}");
    assert!(text.lines().any(|line| words(line) == ["sts", "GetCallerIdentity", "yes"]), "{text}");
}

#[test]
fn it_tests_policies_without_serving() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("queue.json");
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"Office","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},
         "Action":"sqs:SendMessage","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
    let write = |text: &str| {
        std::fs::File::create(&path).and_then(|mut f| f.write_all(text.as_bytes())).expect("a file")
    };
    write(policy);
    let test = |address: &str, caller: &str| {
        let output = millpond()
            .args(["policy", "test", "--caller", caller, "--action", "sqs:SendMessage"])
            .args(["--resource", "arn:aws:sqs:us-east-1:111122223333:orders", "--policy-file"])
            .arg(&path)
            .args(["--context", &format!("aws:SourceIp={address}")])
            .output()
            .expect("the program starts");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    };
    let alice = "arn:aws:iam::111122223333:user/alice";
    let (status, text) = test("10.1.2.3", alice);
    let first = "resource-based policy 1, statement 1 (Office)";
    assert_eq!((status, text), (Some(0), format!("{first}: allows it\nallowed\n")));

    let (status, text) = test("192.0.2.1", alice);
    let expected = format!(
        "{first}: allows something else\n    IpAddress aws:SourceIp: the request has 192.0.2.1\n\
         denied: no identity-based policy allows it\n\
         User: {alice} is not authorized to perform: sqs:SendMessage on resource: \
         arn:aws:sqs:us-east-1:111122223333:orders because no identity-based policy allows the \
         sqs:SendMessage action\n"
    );
    assert_eq!((status, text), (Some(1), expected));

    let (status, text) = test("10.1.2.3", "alice");
    assert!(status == Some(2) && text.contains("a caller is the ARN"), "{text}");
    write(&policy.replace("IpAddress", "IpAdress"));
    let (status, text) = test("10.1.2.3", alice);
    let reason = "Statement[1].Condition.IpAdress: is no condition operator";
    assert!(status == Some(2) && text.contains(reason), "{text}");
}

/// A file among the tests' certificates.
fn certificate(name: &str) -> String {
    format!("{}/../../tests/certificates/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_certificate_that_cannot_serve_is_refused_before_anything_is_done() {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    let check = |certificate: &str, key: &str, parts: &[&str]| {
        let mut command = millpond();
        command.arg("--data-dir").arg(&data);
        command.args(["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]);
        refused(&mut command, 1, parts);
        assert!(!data.exists());
    };
    let (server, key) = (certificate("server.pem"), certificate("server.key"));
    check("/no/such/file", &key, &["/no/such/file", "cannot read"]);
    check(&server, "/no/such/file", &["/no/such/file", "cannot read"]);
    check(&key, &key, &["server.key", "no certificate"]);
    check(&server, &server, &["server.pem", "no private key"]);
    check(&server, &certificate("renewed.key"), &["server.pem", "renewed.key", "do not belong"]);
}

#[test]
fn a_hangup_reads_the_certificate_again_and_keeps_the_old_one_if_it_is_bad() {
    let directory = tempfile::tempdir().expect("a directory");
    let (chain, key) = (directory.path().join("a.pem"), directory.path().join("a.key"));
    let copy = |from: &str, to: &std::path::Path| {
        std::fs::copy(certificate(from), to).expect("a copy");
    };
    copy("server.pem", &chain);
    copy("server.key", &key);
    let mut command = millpond();
    command.args(["--memory", "--listen", "127.0.0.1:0", "--tls-cert"]).arg(&chain);
    let mut running = Running::start(command.arg("--tls-key").arg(&key));
    assert_eq!(running.scheme, "https");
    copy("renewed.key", &key);
    running.signal(Signal::HUP);
    running.logs("the old certificate stays");
    copy("renewed.pem", &chain);
    running.signal(Signal::HUP);
    running.logs("were read again");
    running.signal(Signal::TERM);
    running.logs("stopped");
}
