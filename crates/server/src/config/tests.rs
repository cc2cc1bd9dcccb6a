//! Which setting wins, which are refused, and what the help says.

use std::path::Path;

use base::{Region, Timestamp};

use super::*;

/// The configuration from flags over a file's text.
fn layered(flags: &[&str], file: &str) -> Result<Config, String> {
    let line = CommandLine::try_parse_from(["millpond"].iter().chain(flags))
        .map_err(|error| error.to_string())?;
    let file = file::parse(file, Path::new("/etc/millpond.toml"))?;
    resolve::config(line.settings.over(file))
}

#[track_caller]
fn refused(flags: &[&str], file: &str, parts: &[&str]) {
    let error = layered(flags, file).expect_err("must be refused");
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
}

#[test]
fn without_settings_the_defaults_hold() {
    let config = layered(&[], "").expect("nothing is wrong");
    assert_eq!(config.listen.to_string(), "127.0.0.1:4566");
    assert_eq!(config.data, Data::Directory("./millpond-data".into()));
    assert_eq!((config.clock, config.quotas), (ClockSource::System, Quotas::None));
    assert_eq!((config.account, config.region), (AccountId::DEFAULT, Region::default()));
    assert_eq!((config.log, config.log_filter.as_str()), (LogFormat::Text, "info"));
    assert_eq!(config.http, web::Limits::default());
    assert!(config.allow_origin.is_empty() && config.public_url.is_none());
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let file = "listen = \"127.0.0.1:1\"\nmax-body = \"1MiB\"\nregion = \"eu-west-1\"";
    let config = layered(&["--listen", "127.0.0.1:2"], file).expect("nothing is wrong");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.http.body, 1 << 20);
    assert_eq!(config.region.as_str(), "eu-west-1");
    assert_eq!(config.http.head, web::Limits::default().head);
}

#[test]
fn a_flag_can_take_back_what_the_file_says() {
    let config = layered(&["--memory=false"], "memory = true").expect("nothing is wrong");
    assert_eq!(config.data, Data::Directory("./millpond-data".into()));
}

#[test]
fn every_setting_is_a_flag_a_variable_and_a_key() {
    let command = CommandLine::command();
    for argument in command.get_arguments().filter(|a| a.get_long() != Some("config")) {
        let name = argument.get_long().expect("all are long flags");
        if matches!(name, "help" | "version") {
            continue;
        }
        let variable = argument.get_env().and_then(|v| v.to_str()).expect("it is a variable too");
        let expected = match name {
            "log" => "MILLPOND_LOG_FORMAT".to_owned(),
            "log-filter" => "MILLPOND_LOG".to_owned(),
            _ => format!("MILLPOND_{}", name.to_uppercase().replace('-', "_")),
        };
        assert_eq!(variable, expected);
        // A wrong type is another error than an unknown key.
        let error = layered(&[], &format!("{name} = {{}}")).expect_err("a table is no setting");
        assert!(!error.contains("unknown field"), "{error}");
    }
}

#[test]
fn every_setting_of_the_file_takes_effect() {
    let file = r#"
        listen = "0.0.0.0:1"
        insecure = true
        auth = "none"
        public-url = "https://queues.example.com/"
        allow-origin = ["http://localhost:3000"]
        allow-host = ["millpond"]
        tls-cert = "server.pem"
        tls-key = "server.key"
        memory = true
        account = "123456789012"
        region = "eu-west-1"
        clock = "manual"
        clock-start = "2030-01-01T00:00:00Z"
        limits = "aws"
        max-connections = 1
        max-requests = 10
        max-streams = 2
        max-head = "4KiB"
        max-body = "3"
        max-bodies = "5"
        head-time = "6s"
        body-time = "7s"
        answer-time = "30s"
        idle-time = "8s"
        write-time = "11s"
        shutdown-grace = "9s"
        log = "json"
        log-filter = "warn"
    "#;
    let seconds = std::time::Duration::from_secs;
    let expected = Config {
        source: None,
        listen: "0.0.0.0:1".parse().expect("an address"),
        tls: tls::files(Some("server.pem".into()), Some("server.key".into())).expect("both"),
        data: Data::Memory,
        public_url: Some("https://queues.example.com".parse().expect("a URL")),
        clock: ClockSource::Manual(Some(Timestamp::from_millis(1_893_456_000_000))),
        auth: Auth::None,
        roles: Vec::new(),
        quotas: Quotas::Aws,
        faults: None,
        allow_host: vec!["millpond".to_owned()],
        allow_origin: vec!["http://localhost:3000".parse().expect("an origin")],
        account: "123456789012".parse().expect("an account"),
        region: "eu-west-1".parse().expect("a region"),
        log: LogFormat::Json,
        log_filter: "warn".to_owned(),
        modules: Default::default(),
        http: web::Limits {
            connections: 1,
            requests: 10,
            head: 4096,
            body: 3,
            bodies: 5,
            head_time: seconds(6),
            body_time: seconds(7),
            answer_time: seconds(30),
            idle_time: seconds(8),
            write_time: seconds(11),
            streams: 2,
            grace: seconds(9),
        },
    };
    assert_eq!(layered(&[], file), Ok(expected));
}

#[test]
fn an_unknown_key_is_an_error_that_names_key_and_file() {
    refused(&[], "listn = \"127.0.0.1:1\"", &["listn", "/etc/millpond.toml", "line 1"]);
    refused(&[], "config = \"other.toml\"", &["config", "/etc/millpond.toml"]);
    refused(&[], "[sqss]\nx = 1", &["sqss", "/etc/millpond.toml", "line 1"]);
    refused(&[], "sqs = 1", &["sqs", "/etc/millpond.toml", "line 1"]);
}

#[test]
fn bad_values_are_refused_by_name() {
    refused(&["--listen", "4566"], "", &["--listen", "4566"]);
    refused(&["--account", "12"], "", &["--account", "twelve digits"]);
    refused(&["--clock", "sundial"], "", &["--clock", "system, manual"]);
    refused(&["--clock", "manual", "--clock-start", "noon"], "", &["--clock-start", "2030-01-01"]);
    refused(&["--clock-start", "2030-01-01T00:00:00Z"], "", &["--clock-start", "--clock manual"]);
    refused(&["--max-body", "2MB"], "", &["--max-body", "64KiB"]);
    refused(&["--max-head", "10"], "", &["--max-head", "1024"]);
    refused(&["--max-connections", "0"], "", &["--max-connections", "zero"]);
    refused(&["--max-requests", "0"], "", &["--max-requests", "zero"]);
    refused(&["--max-bodies", "1"], "", &["--max-bodies", "--max-body"]);
    refused(&["--allow-origin", "*"], "", &["--allow-origin", "origin"]);
    refused(&[], "head-time = \"10\"", &["head-time", "10s", "/etc/millpond.toml"]);
    refused(&[], "limits = \"some\"", &["limits", "none", "/etc/millpond.toml"]);
    refused(&[], "region = \"Mars\"", &["region", "lower-case", "/etc/millpond.toml"]);
}

#[test]
fn an_address_that_others_reach_needs_a_word() {
    for address in ["0.0.0.0:4566", "[::]:4566", "192.168.1.1:80", "[::ffff:10.0.0.1]:80"] {
        refused(&["--listen", address], "", &[address, "--insecure", "authenticated"]);
        layered(&["--insecure", "--listen", address], "").expect("asked for by name");
    }
    for address in ["127.0.0.1:0", "127.9.9.9:1", "[::1]:4566", "[::ffff:127.0.0.1]:80"] {
        layered(&["--listen", address], "").expect("only this machine reaches it");
    }
}

const KEY: &str = "[[keys]]\nid = \"AKID\"\nsecret = \"s\"";

#[test]
fn keys_in_the_file_require_signatures_unless_a_flag_takes_that_back() {
    let config = layered(&[], KEY).expect("nothing is wrong");
    let Auth::SigV4(keys) = config.auth else { panic!("keys are there to be used") };
    assert_eq!((keys.len(), keys[0].id.as_str()), (1, "AKID"));
    let open = layered(&["--auth", "none"], KEY).expect("asked for by name");
    assert_eq!(open.auth, Auth::None);
    refused(&["--auth", "sigv4"], "", &["--auth sigv4", "[[keys]]"]);
    refused(&["--auth", "none"], "[[keys]]\nid = \"A\"", &["the key A", "secret-file"]);
    refused(&["--auth", "basic"], "", &["--auth", "none, sigv4"]);
}

#[test]
fn whoever_requires_signatures_may_be_reached_by_others() {
    layered(&["--listen", "0.0.0.0:4566"], KEY).expect("requests are authenticated");
    refused(&["--listen", "0.0.0.0:4566", "--auth", "none"], KEY, &["--insecure"]);
}

#[test]
fn memory_and_a_directory_do_not_go_together() {
    refused(&["--memory"], "data-dir = \"/var/lib/millpond\"", &["--memory", "/var/lib/millpond"]);
}

#[test]
fn a_certificate_needs_its_key_and_a_key_its_certificate() {
    refused(&["--tls-cert", "a.pem"], "", &["--tls-cert", "--tls-key"]);
    refused(&["--tls-key", "a.key"], "", &["--tls-key", "--tls-cert"]);
    let both = layered(&["--tls-cert", "a.pem"], "tls-key = \"a.key\"").expect("both are there");
    assert_ne!(both.tls, None);
}

#[test]
fn the_help_names_the_true_defaults() {
    let help = CommandLine::command().render_long_help().to_string();
    let defaults = [
        "127.0.0.1:4566",
        "./millpond-data",
        "000000000000",
        "us-east-1",
        "system",
        "none",
        "16384",
        "32768",
        "100",
        "16KiB",
        "8MiB",
        "256MiB",
        "10s",
        "60s",
        "120s",
        "30s",
        "text",
        "info",
    ];
    for default in defaults {
        assert!(help.contains(&format!("[default: {default}]")), "{default}");
    }
    let limits = web::Limits::default();
    let bytes = |text: &str| text.parse::<value::Bytes>().map(|bytes| bytes.0);
    assert_eq!(bytes("16KiB"), Ok(limits.head));
    assert_eq!(bytes("8MiB"), Ok(limits.body));
    assert_eq!(bytes("256MiB"), Ok(limits.bodies));
    assert_eq!((limits.connections, limits.requests, limits.streams), (16_384, 32_768, 100));
    let times = (limits.head_time, limits.body_time, limits.idle_time, limits.grace);
    assert_eq!((times.0.as_secs(), times.1.as_secs()), (10, 60));
    assert_eq!((times.2.as_secs(), times.3.as_secs()), (120, 10));
    assert_eq!(limits.answer_time.as_secs(), 60);
    refused(&["--answer-time", "20s"], "", &["--answer-time", "long poll"]);
}

#[test]
fn a_variable_with_a_typing_error_is_noticed() {
    let names = ["PATH", "MILLPOND_LISTEN", "MILLPOND_LOG", "MILLPOND_DATADIR"].map(OsString::from);
    assert_eq!(unknown_variables(names), ["MILLPOND_DATADIR"]);
}

#[test]
fn operations_is_a_task_of_its_own() {
    let task = read(["millpond", "operations"].map(OsString::from)).expect("a known command");
    assert_eq!(task, Task::Operations);
    assert!(read(["millpond", "operation"].map(OsString::from)).is_err());
}

#[test]
fn the_welcome_can_be_pasted() {
    let mut config = layered(&["--memory"], "").expect("nothing is wrong");
    let text = welcome(&config, "0.0.0.0:4567".parse().expect("an address"));
    assert!(text.contains("\nexport AWS_ENDPOINT_URL=http://127.0.0.1:4567 AWS_ACCESS_KEY_ID="));
    assert_eq!(text.split_once("Try it:\n").map(|(_, lines)| lines.lines().count()), Some(3));
    let signed = layered(&["--memory"], KEY).expect("nothing is wrong");
    let signed = welcome(&signed, "127.0.0.1:4567".parse().expect("an address"));
    assert!(signed.contains("AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=its-secret "));
    let tls = layered(&["--memory", "--tls-cert", "a.pem", "--tls-key", "a.key"], "");
    let text = welcome(&tls.expect("both"), "127.0.0.1:4567".parse().expect("an address"));
    assert!(text.contains(" listens on https://127.0.0.1:4567\n"), "{text}");
    assert!(text.contains("AWS_ENDPOINT_URL=https://127.0.0.1:4567 "), "{text}");
    config.public_url = Some("https://queues.example.com".parse().expect("a URL"));
    let text = welcome(&config, "0.0.0.0:4567".parse().expect("an address"));
    assert!(text.contains("AWS_ENDPOINT_URL=https://queues.example.com "));
}

#[test]
fn whatever_a_file_says_it_is_taken_or_refused() {
    let file = r#"
listen = "127.0.0.1:4566"
data-dir = "/var/lib/millpond"
max-body = "1MiB"
region = "eu-west-1"
account = "111122223333"
public-url = "https://queues.example.com"
allow-origin = ["https://console.example.com"]
clock = "manual"
limits = "aws"
log = "json"
memory = false
"#;
    assert_eq!(layered(&[], file).expect("nothing is wrong").region.as_str(), "eu-west-1");
    let mut mutator = fuzzing::mutate::Mutator::new(vec![file.into()], 1);
    let mut taken = 0;
    for _ in 0..5_000 {
        let text = String::from_utf8_lossy(&mutator.input()).into_owned();
        match layered(&[], &text) {
            Ok(_) => taken += 1,
            Err(error) => assert!(!error.is_empty(), "{text}"),
        }
    }
    assert!((1..5_000).contains(&taken), "{taken}");
}
