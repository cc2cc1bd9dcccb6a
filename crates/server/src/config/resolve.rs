//! From what was given to what holds: defaults, and what does not go together.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use base::AccountId;

use super::keys::{KeyEntry, keys};
use super::roles::roles;
use super::settings::{AuthKind, ClockKind, LogFormat, Quotas, Settings};
use super::value::Moment;
use super::{Auth, Callers, ClockSource, Config, Data, tls};
use crate::faults::Plan;
use web::Limits;

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4566);
const DATA_DIR: &str = "./millpond-data";
const LOG_FILTER: &str = "info";
/// The longest that a request waits because it wants to.
const LONG_POLL: Duration = Duration::from_secs(20);
/// Less would refuse what every SDK sends.
const LEAST_HEAD: usize = 1024;

/// The configuration that these settings make; the error says what is wrong with them.
pub(super) fn config(mut given: Settings) -> Result<Config, String> {
    let listen = given.listen.unwrap_or(LISTEN);
    let account = given.account.unwrap_or(AccountId::DEFAULT);
    let Callers { auth, roles } = callers(&mut given)?;
    guard(listen, &auth, given.insecure.unwrap_or(false))?;
    let http = limits(&given)?;
    let tls = tls::files(given.tls_cert, given.tls_key)?;
    let data = data(given.data_dir, given.memory.unwrap_or(false))?;
    Ok(Config {
        listen,
        tls,
        data,
        public_url: given.public_url,
        clock: clock(given.clock, given.clock_start)?,
        quotas: given.limits.unwrap_or(Quotas::None),
        faults: given.faults.as_deref().map(Plan::read).transpose()?,
        allow_origin: given.allow_origin.unwrap_or_default(),
        allow_host: given.allow_host.unwrap_or_default(),
        auth,
        roles,
        source: None,
        account,
        region: given.region.unwrap_or_default(),
        modules: given.modules.unwrap_or_default(),
        log: given.log.unwrap_or(LogFormat::Text),
        log_filter: given.log_filter.unwrap_or_else(|| LOG_FILTER.to_owned()),
        http,
    })
}

/// Who may call.
pub(super) fn callers(given: &mut Settings) -> Result<Callers, String> {
    let account = given.account.unwrap_or(AccountId::DEFAULT);
    let auth = auth(given.auth, given.keys.take().unwrap_or_default(), account)?;
    let roles = roles(given.roles.take().unwrap_or_default(), account)?;
    Ok(Callers { auth, roles })
}

/// Whoever has written keys down wants them to be used. They are read even if they are not: what is wrong with
/// them shows before they are needed.
fn auth(
    kind: Option<AuthKind>,
    entries: Vec<KeyEntry>,
    account: AccountId,
) -> Result<Auth, String> {
    let keys = keys(entries, account)?;
    match kind {
        Some(AuthKind::None) => Ok(Auth::None),
        None if keys.is_empty() => Ok(Auth::None),
        Some(AuthKind::SigV4) if keys.is_empty() => {
            Err("--auth sigv4 lets nobody in without [[keys]] in the file (--config)".to_owned())
        }
        None | Some(AuthKind::SigV4) => Ok(Auth::SigV4(keys)),
    }
}

/// Where requests are not authenticated, only this machine may send them, unless somebody says otherwise.
fn guard(listen: SocketAddr, auth: &Auth, insecure: bool) -> Result<(), String> {
    let is_safe = matches!(auth, Auth::SigV4(_)) || listen.ip().to_canonical().is_loopback();
    if insecure || is_safe {
        return Ok(());
    }
    Err(format!(
        "listening on {listen} would let everybody in who can reach it, because requests are not \
         authenticated; listen on a loopback address such as 127.0.0.1:{}, require signatures with \
         --auth sigv4, or pass --insecure",
        listen.port()
    ))
}

/// The machine's time cannot be told where to start.
fn clock(kind: Option<ClockKind>, start: Option<Moment>) -> Result<ClockSource, String> {
    match (kind.unwrap_or(ClockKind::System), start) {
        (ClockKind::System, None) => Ok(ClockSource::System),
        (ClockKind::Manual, start) => Ok(ClockSource::Manual(start.map(|Moment(at)| at))),
        (ClockKind::System, Some(_)) => {
            Err("--clock-start needs a clock that is moved by hand: --clock manual".to_owned())
        }
    }
}

fn data(directory: Option<PathBuf>, memory: bool) -> Result<Data, String> {
    match (directory, memory) {
        (Some(directory), true) => Err(format!(
            "--memory keeps nothing and --data-dir keeps data in {}: choose one",
            directory.display()
        )),
        (None, true) => Ok(Data::Memory),
        (directory, false) => {
            Ok(Data::Directory(directory.unwrap_or_else(|| PathBuf::from(DATA_DIR))))
        }
    }
}

fn limits(given: &Settings) -> Result<Limits, String> {
    let default = Limits::default();
    let number = |given: Option<u32>, default| {
        given.map_or(default, |number| usize::try_from(number).unwrap_or(usize::MAX))
    };
    let limits = Limits {
        connections: number(given.max_connections, default.connections),
        requests: number(given.max_requests, default.requests),
        head: given.max_head.map_or(default.head, |bytes| bytes.0),
        body: given.max_body.map_or(default.body, |bytes| bytes.0),
        bodies: given.max_bodies.map_or(default.bodies, |bytes| bytes.0),
        head_time: given.head_time.map_or(default.head_time, |period| period.0),
        body_time: given.body_time.map_or(default.body_time, |period| period.0),
        answer_time: given.answer_time.map_or(default.answer_time, |period| period.0),
        idle_time: given.idle_time.map_or(default.idle_time, |period| period.0),
        write_time: given.write_time.map_or(default.write_time, |period| period.0),
        streams: given.max_streams.unwrap_or(default.streams),
        grace: given.shutdown_grace.map_or(default.grace, |period| period.0),
    };
    if limits.connections == 0 || limits.requests == 0 || limits.streams == 0 {
        let zero = "--max-connections, --max-requests and --max-streams must not be zero";
        return Err(zero.to_owned());
    }
    if limits.answer_time <= LONG_POLL {
        return Err("--answer-time must be longer than a long poll, which takes 20s".to_owned());
    }
    if limits.head < LEAST_HEAD {
        return Err(format!("--max-head must not be less than {LEAST_HEAD} bytes"));
    }
    if limits.bodies < limits.body {
        return Err("--max-bodies must not be less than --max-body".to_owned());
    }
    Ok(limits)
}
