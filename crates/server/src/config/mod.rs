//! Configuration: a flag wins over a variable, a variable over the file, the file over the default.

mod file;
mod keys;
mod policy;
mod resolve;
mod roles;
mod settings;
mod source;
#[cfg(test)]
mod tests;
mod tls;
mod value;
mod welcome;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use base::{AccountId, Region, Timestamp};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use self::keys::Key;
#[cfg(test)]
pub(crate) use self::keys::User;
pub(crate) use self::policy::Policy;
pub(crate) use self::roles::ConfiguredRole;
use self::settings::Settings;
pub(crate) use self::settings::{LogFormat, Quotas};
pub(crate) use self::source::Source;
pub(crate) use self::tls::TlsFiles;
pub(crate) use self::value::PublicUrl;
pub(crate) use self::welcome::welcome;
use crate::faults::Plan;
use crate::policy_test;

/// What the program was asked to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Task {
    /// Serve.
    Serve(Box<Config>),
    /// Print the operations that there are.
    Operations,
    /// Explain what policies say of a request.
    TestPolicy(Box<policy_test::Arguments>, Option<Box<Callers>>),
    /// Write all data into a file.
    Export(Box<Config>, PathBuf),
    /// Make a data directory of such a file.
    Import(Box<Config>, PathBuf),
}

/// How to serve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// The address to listen on; port 0 lets the system choose one.
    pub(crate) listen: SocketAddr,
    /// What TLS is spoken with, if it is.
    pub(crate) tls: Option<TlsFiles>,
    /// Where data is kept.
    pub(crate) data: Data,
    /// How callers reach the server, if not by the address it listens on: what queue URLs begin with.
    pub(crate) public_url: Option<PublicUrl>,
    /// Who moves time.
    pub(crate) clock: ClockSource,
    /// Whether AWS's quotas on rates hold.
    pub(crate) quotas: Quotas,
    /// The faults that are made on purpose, if any may be.
    pub(crate) faults: Option<Plan>,
    /// The web pages whose requests are answered.
    pub(crate) allow_origin: Vec<web::Origin>,
    /// The hosts that requests from this machine may name, besides its own.
    pub(crate) allow_host: Vec<String>,
    /// How callers prove who they are.
    pub(crate) auth: Auth,
    /// What callers may become.
    pub(crate) roles: Vec<ConfiguredRole>,
    /// Where both can be read again, if there is a file.
    pub(crate) source: Option<Source>,
    /// The account of callers whose access key is not an account.
    pub(crate) account: AccountId,
    /// The region of callers who do not say one.
    pub(crate) region: Region,
    /// How log lines are written.
    pub(crate) log: LogFormat,
    /// Which log lines are written.
    pub(crate) log_filter: String,
    /// The modules' own settings.
    pub(crate) modules: runtime::Settings,
    /// The limits of the HTTP side.
    pub(crate) http: web::Limits,
}

impl Config {
    /// The hosts that requests from this machine may name: those that are configured, and that of the public URL.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        let public = self.public_url.iter().filter_map(PublicUrl::host);
        self.allow_host.iter().map(String::as_str).chain(public)
    }
}

/// How callers prove who they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Auth {
    /// They do not.
    None,
    /// They sign with one of these keys.
    SigV4(Vec<Key>),
}

/// Who may call: the part of the configuration that may change while the program runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Callers {
    /// How they prove who they are.
    pub(crate) auth: Auth,
    /// What they may become.
    pub(crate) roles: Vec<ConfiguredRole>,
}

/// The source of the node's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockSource {
    /// The machine's clock.
    System,
    /// A clock that is moved by hand. It starts at this time, or at the machine's.
    Manual(Option<Timestamp>),
}

/// Where data is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// In a directory, synced before each answer.
    Directory(PathBuf),
    /// Nowhere: it ends with the program.
    Memory,
}

#[derive(Debug, Parser)]
#[command(
    name = "millpond",
    version,
    about = "Queues, topics and streams that speak AWS's protocols, durable by default.",
    after_help = "Each option is also a key of the file, by the same name: `max-body = \"4MiB\"`.\n\
        A flag wins over a variable, a variable over the file, the file over the default.\n\
        Bytes are written as 65536, 64KiB or 2MiB; times as 250ms, 10s or 2m.",
    max_term_width = 100
)]
struct CommandLine {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the operations that this program has
    Operations,
    /// Reads policies without serving
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Writes all data, as of one moment, into a file; also while the program runs
    Export {
        /// The file, replaced if it is there
        file: PathBuf,
    },
    /// Makes a data directory of an exported file
    Import {
        /// The file
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Says whether policies allow a request, statement by statement; the exit status is 0 if they do
    Test(Box<policy_test::Arguments>),
}

/// Reads the command line, the variables and the file. The error is ready to be printed, and knows
/// where to and with which exit status; it may be the help that was asked for.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Task, clap::Error> {
    let mut command = CommandLine::command();
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    let line = CommandLine::from_arg_matches_mut(&mut matches)?;
    let serve: fn(Box<Config>, PathBuf) -> Task = |config, _| Task::Serve(config);
    let (task, file) = match line.command {
        Some(Command::Operations) => return Ok(Task::Operations),
        Some(Command::Policy(PolicyCommand::Test(asked))) => {
            let callers = source::callers(line.settings);
            let invalid = |text| command.error(clap::error::ErrorKind::ValueValidation, text);
            return callers.map(|callers| Task::TestPolicy(asked, callers)).map_err(invalid);
        }
        Some(Command::Export { file }) => (Task::Export as _, file),
        Some(Command::Import { file }) => (Task::Import as _, file),
        None => (serve, PathBuf::new()),
    };
    let given = line.settings.clone();
    let config = file::under(line.settings).and_then(resolve::config);
    let config = config.map(|config| Config { source: Source::new(given, &config), ..config });
    let invalid = |text| command.error(clap::error::ErrorKind::ValueValidation, text);
    config.map(|config| task(Box::new(config), file)).map_err(invalid)
}

/// Those of the variables that look like settings and are none: somebody's mistake, or another
/// program's. `names` are those of all variables.
pub(crate) fn unknown_variables(names: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let command = CommandLine::command();
    let known: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_env()).collect();
    let ours = |name: &OsString| name.as_encoded_bytes().starts_with(b"MILLPOND_");
    let names = names.into_iter().filter(ours);
    names.filter(|name| !known.contains(&name.as_os_str())).collect()
}
