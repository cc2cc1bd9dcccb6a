//! Children are started, bounded and ended, with all that descend from them.

use std::path::Path;
use std::time::Duration;

use process::{Cause, Command, Config, Limits, SpawnError, Supervisor};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

const LIMIT: usize = 1 << 20;
const SHORT: Duration = Duration::from_millis(100);

fn supervisor(children: usize) -> Supervisor {
    Supervisor::new(Config { children, guard: env!("CARGO_BIN_EXE_child-guard").into() })
}

fn shell(script: &str) -> Command {
    Command::new("/bin/sh").args(["-c", script]).env("PATH", "/usr/bin:/bin")
}

fn limits(set: fn(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

/// Returns true if there is such a process; one that is dead and not reaped does not count.
fn lives(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit_once(')').expect("a name").1.starts_with(" Z"))
}

/// A child that prints the id of a descendant in another session, which ignores signals, and stays.
fn with_daemon() -> Command {
    shell("setsid sh -c 'trap \"\" TERM HUP; echo $$; while :; do sleep 1; done' & wait")
}

#[tokio::test]
async fn a_child_reads_its_input_and_writes_both_outputs() {
    let supervisor = supervisor(1);
    let child = supervisor.spawn(shell("cat; echo wrong >&2; exit 3")).await.unwrap();
    let collected = child.collect(b"input", LIMIT).await;
    assert_eq!(collected.stdout.bytes, "input");
    assert_eq!(collected.stderr.bytes, "wrong\n");
    assert_eq!((collected.exit.code, collected.exit.cause), (Some(3), Cause::Own));
}

#[tokio::test]
async fn a_child_gets_only_what_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let command = Command::new("/usr/bin/env").env("A", "b c").folder(folder.path());
    let supervisor = supervisor(1);
    let child = supervisor.spawn(command).await.unwrap();
    assert_eq!(child.collect(b"", LIMIT).await.stdout.bytes, "A=b c\n");
    let command = shell("pwd; ls -l /proc/self/fd | grep -c socket").folder(folder.path());
    let output = supervisor.spawn(command).await.unwrap().collect(b"", LIMIT).await.stdout;
    // The sockets between the program and its guards stay with them.
    let expected = format!("{}\n0\n", folder.path().canonicalize().unwrap().display());
    assert_eq!(output.bytes, expected);
}

#[tokio::test]
async fn output_beyond_the_limit_is_dropped_and_holds_nobody_up() {
    let supervisor = supervisor(1);
    let child = supervisor.spawn(shell("head -c 1000000 /dev/zero")).await.unwrap();
    let collected = child.collect(b"", 1000).await;
    assert!(collected.exit.is_success());
    assert_eq!((collected.stdout.bytes.len(), collected.stdout.truncated), (1000, true));
}

#[tokio::test]
async fn a_child_that_nobody_reads_waits() {
    let supervisor = supervisor(1);
    let mut child = supervisor.spawn(shell("head -c 1000000 /dev/zero; echo >&2")).await.unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut byte = [0];
    let waits = base::deadline::within(SHORT, stderr.read(&mut byte)).await;
    assert!(waits.is_none());
    stdout.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!(stderr.read(&mut byte).await.unwrap(), 1);
}

#[tokio::test]
async fn a_program_that_cannot_be_run_is_an_error() {
    let supervisor = supervisor(1);
    for program in ["/nowhere", "/etc/passwd", "sh"] {
        let error = supervisor.spawn(Command::new(program)).await.err();
        assert!(matches!(error, Some(SpawnError::Program(_))), "{program}: {error:?}");
    }
    let error = supervisor.spawn(shell("").folder("/nowhere")).await.err();
    assert!(matches!(error, Some(SpawnError::Program(_))), "{error:?}");
    supervisor.close().await;
}

#[tokio::test]
async fn a_child_whose_time_is_up_is_asked_and_then_killed() {
    let supervisor = supervisor(2);
    let time = limits(|limits| (limits.time, limits.grace) = (SHORT, SHORT));
    let polite = shell("trap 'echo bye; exit 7' TERM; while :; do sleep 0.01; done").limits(time);
    let collected = supervisor.spawn(polite).await.unwrap().collect(b"", LIMIT).await;
    assert_eq!((collected.exit.code, collected.exit.cause), (Some(7), Cause::Time));
    assert_eq!(collected.stdout.bytes, "bye\n");
    let deaf = shell("trap '' TERM; while :; do sleep 1; done").limits(time);
    let exit = supervisor.spawn(deaf).await.unwrap().wait().await;
    assert_eq!((exit.signal, exit.cause), (Some(9), Cause::Time));
}

#[tokio::test]
async fn a_stopped_child_takes_its_descendants_along_also_those_of_other_sessions() {
    let supervisor = supervisor(1);
    let mut child = supervisor
        .spawn(with_daemon().limits(limits(|limits| limits.grace = SHORT)))
        .await
        .unwrap();
    let mut daemon = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut daemon).await.unwrap();
    assert!(lives(daemon.trim()));
    child.stop();
    assert_eq!(child.wait().await.cause, Cause::Stopped);
    assert!(!lives(daemon.trim()));
}

#[tokio::test]
async fn a_child_that_ends_leaves_nothing_behind() {
    let script = "setsid sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & sleep 0.2";
    let supervisor = supervisor(1);
    let child = supervisor.spawn(shell(script)).await.unwrap();
    let collected = child.collect(b"", LIMIT).await;
    assert!(collected.exit.is_success());
    let daemon = String::from_utf8(collected.stdout.bytes.to_vec()).unwrap();
    assert!(!daemon.is_empty() && !lives(daemon.trim()));
}

#[tokio::test]
async fn limits_hold_for_the_child() {
    let command = shell("ulimit -n; ulimit -f; ulimit -c").limits(limits(|limits| {
        limits.open_files = Some(17);
        limits.file_bytes = Some(512 * 9);
    }));
    let supervisor = supervisor(1);
    let child = supervisor.spawn(command).await.unwrap();
    assert_eq!(child.collect(b"", LIMIT).await.stdout.bytes, "17\n9\n0\n");
}

#[tokio::test]
async fn children_are_bounded_and_a_place_is_free_when_all_of_a_child_has_ended() {
    let supervisor = supervisor(1);
    let child = supervisor.spawn(shell("cat")).await.unwrap();
    assert!(matches!(supervisor.spawn(shell("")).await, Err(SpawnError::Busy)));
    assert_eq!(supervisor.running(), 1);
    let id = child.id().to_string();
    drop(child);
    supervisor.close().await;
    assert_eq!(supervisor.running(), 0);
    assert!(!lives(&id));
    assert!(matches!(supervisor.spawn(shell("")).await, Err(SpawnError::Busy)));
}

#[tokio::test]
async fn closing_ends_all_children() {
    let supervisor = supervisor(3);
    let mut children = Vec::new();
    for _ in 0..3 {
        children.push(supervisor.spawn(shell("sleep 1000")).await.unwrap());
    }
    supervisor.close().await;
    for child in children {
        let id = child.id().to_string();
        assert_eq!(child.wait().await.cause, Cause::Stopped);
        assert!(!lives(&id));
    }
}

#[tokio::test]
async fn an_input_can_be_written_while_the_child_runs() {
    let supervisor = supervisor(1);
    let mut child =
        supervisor.spawn(shell("read a; echo got $a; read b; echo and $b")).await.unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for (word, answer) in [("one\n", "got one\n"), ("two\n", "and two\n")] {
        stdin.write_all(word.as_bytes()).await.unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).await.unwrap();
        assert_eq!(line, answer);
    }
    assert!(child.wait().await.is_success());
}

/// The program of the next test: starts a child with a daemon, prints the ids, and waits to be killed.
#[tokio::test]
async fn program_that_is_killed() {
    let Ok(file) = std::env::var("KILLED_PROGRAM_SAYS") else { return };
    let supervisor = supervisor(1);
    let mut child = supervisor
        .spawn(with_daemon().limits(limits(|limits| limits.grace = SHORT)))
        .await
        .unwrap();
    let mut daemon = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut daemon).await.unwrap();
    write_whole(Path::new(&file), &format!("{} {daemon}", child.id()));
    std::future::pending::<()>().await;
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn write_whole(file: &Path, text: &str) {
    std::fs::write(file.with_extension("new"), text).expect("written");
    std::fs::rename(file.with_extension("new"), file).expect("renamed");
}

#[tokio::test]
async fn nothing_is_left_of_a_program_that_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids");
    let mut program = this_test_program(&file);
    let ids = eventually(|| std::fs::read_to_string(&file).ok()).await;
    let ids: Vec<&str> = ids.split_whitespace().collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| lives(id)));
    program.kill().unwrap();
    program.wait().unwrap();
    eventually(|| ids.iter().all(|id| !lives(id)).then_some(())).await;
}

#[expect(clippy::disallowed_methods, reason = "a program that the test kills")]
fn this_test_program(file: &Path) -> std::process::Child {
    std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["program_that_is_killed", "--exact"])
        .env("KILLED_PROGRAM_SAYS", file)
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it starts")
}

#[tokio::test]
async fn a_killed_guard_takes_its_child_along() {
    let supervisor = supervisor(1);
    let child = supervisor.spawn(shell("sleep 1000 & wait")).await.unwrap();
    let id = child.id().to_string();
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let guard = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(1).unwrap().to_owned();
    let guard = rustix::process::Pid::from_raw(guard.parse().unwrap()).unwrap();
    rustix::process::kill_process(guard, rustix::process::Signal::KILL).unwrap();
    assert_eq!(child.wait().await.cause, Cause::Lost);
    eventually(|| (!lives(&id)).then_some(())).await;
}

/// Looks again and again, for some seconds.
#[expect(clippy::disallowed_methods, reason = "the processes live in real time")]
async fn eventually<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..2000 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not happen")
}
