//! The settings as somebody wrote them: as flags, as variables or in a file.

use std::net::SocketAddr;
use std::path::PathBuf;

use base::{AccountId, Region};
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::keys::KeyEntry;
use super::roles::RoleEntry;
use super::value::{Bytes, Moment, Period, PublicUrl, text, texts};
use web::Origin;

/// Who moves time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClockKind {
    /// The system's clock
    System,
    /// Time stands still until `/_millpond/clock` moves it
    Manual,
}

/// How callers prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthKind {
    /// They do not: the access key alone says the account
    None,
    /// With AWS Signature Version 4 and the keys of the file
    #[value(name = "sigv4")]
    SigV4,
}

/// Whether AWS's quotas on rates hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Quotas {
    /// As fast as the machine can
    None,
    /// Throttled as AWS does
    Aws,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON document a line
    Json,
}

/// Every setting, each of them given or not. A new one goes here, into [`Settings::over`], and into
/// `resolve`, where its default is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Settings {
    /// A TOML file with settings; keys and roles in it are read again at SIGHUP
    #[arg(long, env = "MILLPOND_CONFIG", value_name = "FILE", global = true)]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,

    /// The address to listen on [default: 127.0.0.1:4566]
    #[arg(long, env = "MILLPOND_LISTEN", value_name = "ADDRESS:PORT", help_heading = "Address")]
    #[serde(deserialize_with = "text")]
    pub(super) listen: Option<SocketAddr>,

    /// How callers reach this server, if not by that address: the beginning of queue URLs
    #[arg(long, env = "MILLPOND_PUBLIC_URL", value_name = "URL", help_heading = "Address")]
    #[serde(deserialize_with = "text")]
    pub(super) public_url: Option<PublicUrl>,

    /// A web page's origin whose requests are answered, such as http://localhost:3000; may be repeated
    #[arg(
        long,
        env = "MILLPOND_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = "Address"
    )]
    #[serde(deserialize_with = "texts")]
    pub(super) allow_origin: Option<Vec<Origin>>,

    /// A host that requests from this machine may name, such as millpond or *.example.com, besides its own names
    /// and AWS's; may be repeated
    #[arg(
        long,
        env = "MILLPOND_ALLOW_HOST",
        value_name = "HOST",
        value_delimiter = ',',
        help_heading = "Address"
    )]
    pub(super) allow_host: Option<Vec<String>>,

    /// Listen where others can reach it, although requests are not authenticated
    #[arg(
        long,
        env = "MILLPOND_INSECURE",
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new(),
        hide_possible_values = true,
        help_heading = "Address"
    )]
    pub(super) insecure: Option<bool>,

    /// How callers prove who they are [default: sigv4 if the file has keys, else none]
    #[arg(long, env = "MILLPOND_AUTH", value_name = "AUTH", help_heading = "Address")]
    pub(super) auth: Option<AuthKind>,

    /// The keys that requests may be signed with. Only the file has them.
    #[arg(skip)]
    pub(super) keys: Option<Vec<KeyEntry>>,

    /// The roles that callers may assume. Only the file has them.
    #[arg(skip)]
    pub(super) roles: Option<Vec<RoleEntry>>,

    /// The tables of modules. Only the file has them.
    #[arg(skip)]
    #[serde(skip)]
    pub(super) modules: Option<runtime::Settings>,

    /// Speak TLS only, with this file's certificate and its chain (PEM); read again at SIGHUP
    #[arg(long, env = "MILLPOND_TLS_CERT", value_name = "FILE", help_heading = "Address")]
    pub(super) tls_cert: Option<PathBuf>,

    /// The file with the private key of that certificate (PEM, not encrypted)
    #[arg(long, env = "MILLPOND_TLS_KEY", value_name = "FILE", help_heading = "Address")]
    pub(super) tls_key: Option<PathBuf>,

    /// The directory for data, made if it is not there [default: ./millpond-data]
    #[arg(
        long,
        env = "MILLPOND_DATA_DIR",
        value_name = "DIRECTORY",
        help_heading = "Data",
        global = true
    )]
    pub(super) data_dir: Option<PathBuf>,

    /// Keep nothing: data ends with the program
    #[arg(
        long,
        env = "MILLPOND_MEMORY",
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new(),
        hide_possible_values = true,
        help_heading = "Data"
    )]
    pub(super) memory: Option<bool>,

    /// The account of callers whose access key is not twelve digits [default: 000000000000]
    #[arg(long, env = "MILLPOND_ACCOUNT", value_name = "ACCOUNT", help_heading = "Behaviour")]
    #[serde(deserialize_with = "text")]
    pub(super) account: Option<AccountId>,

    /// The region of callers who do not say one [default: us-east-1]
    #[arg(long, env = "MILLPOND_REGION", value_name = "REGION", help_heading = "Behaviour")]
    #[serde(deserialize_with = "text")]
    pub(super) region: Option<Region>,

    /// Who moves time [default: system]
    #[arg(long, env = "MILLPOND_CLOCK", value_name = "CLOCK", help_heading = "Behaviour")]
    pub(super) clock: Option<ClockKind>,

    /// The manual clock's first time, such as 2030-01-01T00:00:00Z [default: the system's time]
    #[arg(long, env = "MILLPOND_CLOCK_START", value_name = "TIME", help_heading = "Behaviour")]
    #[serde(deserialize_with = "text")]
    pub(super) clock_start: Option<Moment>,

    /// Which limits on rates hold [default: none]
    #[arg(long, env = "MILLPOND_LIMITS", value_name = "LIMITS", help_heading = "Behaviour")]
    pub(super) limits: Option<Quotas>,

    /// Make the faults of this file on purpose, to test consumers; /_millpond/faults changes them
    #[arg(long, env = "MILLPOND_FAULTS", value_name = "FILE", help_heading = "Behaviour")]
    pub(super) faults: Option<PathBuf>,

    /// Connections at one time; more are turned away [default: 16384]
    #[arg(long, env = "MILLPOND_MAX_CONNECTIONS", value_name = "NUMBER", help_heading = "HTTP")]
    pub(super) max_connections: Option<u32>,

    /// Requests at one time, waiting receives included; more are throttled [default: 32768]
    #[arg(long, env = "MILLPOND_MAX_REQUESTS", value_name = "NUMBER", help_heading = "HTTP")]
    pub(super) max_requests: Option<u32>,

    /// Requests at one time on an HTTP/2 connection [default: 100]
    #[arg(long, env = "MILLPOND_MAX_STREAMS", value_name = "NUMBER", help_heading = "HTTP")]
    pub(super) max_streams: Option<u32>,

    /// A request's longest line and headers [default: 16KiB]
    #[arg(long, env = "MILLPOND_MAX_HEAD", value_name = "BYTES", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) max_head: Option<Bytes>,

    /// A request's longest body, also when decompressed [default: 8MiB]
    #[arg(long, env = "MILLPOND_MAX_BODY", value_name = "BYTES", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) max_body: Option<Bytes>,

    /// All bodies and long answers that are held at one time, together [default: 256MiB]
    #[arg(long, env = "MILLPOND_MAX_BODIES", value_name = "BYTES", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) max_bodies: Option<Bytes>,

    /// How long a request's line and headers may take [default: 10s]
    #[arg(long, env = "MILLPOND_HEAD_TIME", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) head_time: Option<Period>,

    /// How long a request's body may take [default: 60s]
    #[arg(long, env = "MILLPOND_BODY_TIME", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) body_time: Option<Period>,

    /// How long a request may wait for its answer; long polls take 20s [default: 60s]
    #[arg(long, env = "MILLPOND_ANSWER_TIME", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) answer_time: Option<Period>,

    /// How long a connection may stay open without a request [default: 120s]
    #[arg(long, env = "MILLPOND_IDLE_TIME", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) idle_time: Option<Period>,

    /// How long a client may read nothing of an answer [default: 30s]
    #[arg(long, env = "MILLPOND_WRITE_TIME", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) write_time: Option<Period>,

    /// How long running requests may take once the program is asked to stop [default: 10s]
    #[arg(long, env = "MILLPOND_SHUTDOWN_GRACE", value_name = "TIME", help_heading = "HTTP")]
    #[serde(deserialize_with = "text")]
    pub(super) shutdown_grace: Option<Period>,

    /// How log lines are written to standard error [default: text]
    #[arg(long, env = "MILLPOND_LOG_FORMAT", value_name = "FORMAT", help_heading = "Log")]
    pub(super) log: Option<LogFormat>,

    /// Which log lines are written, such as `warn` or `info,millpond::http=debug` [default: info]
    #[arg(long, env = "MILLPOND_LOG", value_name = "FILTER", help_heading = "Log")]
    pub(super) log_filter: Option<String>,
}

impl Settings {
    /// These settings, and where one is not given, that of `under`.
    pub(super) fn over(self, under: Settings) -> Settings {
        Settings {
            config: self.config.or(under.config),
            listen: self.listen.or(under.listen),
            public_url: self.public_url.or(under.public_url),
            allow_origin: self.allow_origin.or(under.allow_origin),
            allow_host: self.allow_host.or(under.allow_host),
            insecure: self.insecure.or(under.insecure),
            auth: self.auth.or(under.auth),
            keys: self.keys.or(under.keys),
            roles: self.roles.or(under.roles),
            modules: self.modules.or(under.modules),
            tls_cert: self.tls_cert.or(under.tls_cert),
            tls_key: self.tls_key.or(under.tls_key),
            data_dir: self.data_dir.or(under.data_dir),
            memory: self.memory.or(under.memory),
            account: self.account.or(under.account),
            region: self.region.or(under.region),
            clock: self.clock.or(under.clock),
            clock_start: self.clock_start.or(under.clock_start),
            limits: self.limits.or(under.limits),
            faults: self.faults.or(under.faults),
            max_connections: self.max_connections.or(under.max_connections),
            max_requests: self.max_requests.or(under.max_requests),
            max_streams: self.max_streams.or(under.max_streams),
            max_head: self.max_head.or(under.max_head),
            max_body: self.max_body.or(under.max_body),
            max_bodies: self.max_bodies.or(under.max_bodies),
            head_time: self.head_time.or(under.head_time),
            body_time: self.body_time.or(under.body_time),
            answer_time: self.answer_time.or(under.answer_time),
            idle_time: self.idle_time.or(under.idle_time),
            write_time: self.write_time.or(under.write_time),
            shutdown_grace: self.shutdown_grace.or(under.shutdown_grace),
            log: self.log.or(under.log),
            log_filter: self.log_filter.or(under.log_filter),
        }
    }
}
