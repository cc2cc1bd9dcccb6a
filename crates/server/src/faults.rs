//! Faults made on purpose, as a file and the page `/_millpond/faults` write them.
//!
//! ```toml
//! seed = 7
//!
//! [[rules]]
//! operation = "SendMessage"
//! name = "orders-*"
//! share = 0.1
//! fault = "throttle"
//! ```

use std::path::Path;

use base::Span;
use policy::{Case, Pattern};
use runtime::faults::{Faults, Rule, Trouble};
use serde::{Deserialize, Serialize};
use shape::Fault;

/// A file, or a page, of faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// The same seed draws the same faults.
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    rules: Vec<RuleText>,
}

/// Whom a fault strikes, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct RuleText {
    /// The operation, as in `SendMessage`; all of them if it is left out. Faults of messages have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// The name of the queue, in which `*` stands for anything; all of them if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// How often, from 0 to 1.
    #[serde(default = "always")]
    share: f64,
    #[serde(flatten)]
    fault: FaultText,
    /// How often it has struck: shown, and not looked at when a page that was read is sent back.
    #[serde(default)]
    struck: u64,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
enum FaultText {
    /// AWS's throttling error.
    Throttle {},
    /// An error of the service: 500, or another status of a server's error.
    Error { status: Option<u16> },
    /// The request waits before it is begun.
    Delay { millis: u64 },
    /// A received message comes again, in standard queues.
    Duplicate {},
    /// A sent message arrives later, in standard queues.
    Reorder { millis: u64 },
}

fn always() -> f64 {
    1.0
}

/// The longest delay, in milliseconds: longer than any client waits.
const LONGEST: u64 = 15 * 60 * 1000;
/// Most rules: each is looked at for each request.
const MOST: usize = 100;
/// The longest name, as AWS's longest.
const NAME: usize = 256;

impl Plan {
    /// Reads a file.
    #[expect(clippy::disallowed_methods, reason = "a file of the configuration")]
    pub(crate) fn read(path: &Path) -> Result<Plan, String> {
        let text = std::fs::read(path);
        let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let text = String::from_utf8_lossy(&text);
        let plan: Plan =
            toml::from_str(&text).map_err(|error| format!("in {}: {error}", path.display()))?;
        plan.rules().map_err(|error| format!("in {}: {error}", path.display()))?;
        Ok(plan)
    }

    /// Reads a document that was sent.
    pub(crate) fn parse(json: &[u8]) -> Result<Plan, String> {
        let plan: Plan = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        plan.rules().map(|_| plan)
    }

    /// From now on these faults are made, and no others.
    pub(crate) fn apply(&self, faults: &Faults) -> Result<(), String> {
        faults.set(self.seed, self.rules()?);
        tracing::warn!(rules = self.rules.len(), seed = self.seed, "faults are made on purpose");
        Ok(())
    }

    /// The same with how often each rule has struck.
    pub(crate) fn counted(mut self, faults: &Faults) -> Plan {
        for (text, struck) in self.rules.iter_mut().zip(faults.struck()) {
            text.struck = struck;
        }
        self
    }

    fn rules(&self) -> Result<Vec<Rule>, String> {
        if self.rules.len() > MOST {
            return Err(format!("there may be {MOST} rules"));
        }
        self.rules.iter().map(RuleText::rule).collect()
    }
}

impl RuleText {
    fn rule(&self) -> Result<Rule, String> {
        if !(0.0..=1.0).contains(&self.share) {
            return Err("a share is a number from 0 to 1".to_owned());
        }
        if self.name.as_ref().is_some_and(|name| name.len() > NAME) {
            return Err(format!("a name has at most {NAME} characters"));
        }
        if let (Some(operation), true) = (&self.operation, self.fault.is_about_messages()) {
            return Err(format!(
                "duplicate and reorder are about messages, however they come and go: they have no operation, and this rule has {operation}"
            ));
        }
        Ok(Rule {
            operation: self.operation.as_deref().map(Into::into),
            thing: self.name.as_deref().map(|name| Pattern::with_wildcards(name, Case::Matters)),
            share: self.share,
            trouble: self.fault.trouble()?,
        })
    }
}

impl FaultText {
    /// Whether it strikes single messages, rather than requests.
    fn is_about_messages(&self) -> bool {
        matches!(self, FaultText::Duplicate {} | FaultText::Reorder { .. })
    }

    fn trouble(&self) -> Result<Trouble, String> {
        Ok(match self {
            FaultText::Throttle {} => Trouble::Refuse(throttled()),
            FaultText::Error { status } => Trouble::Refuse(failed(status.unwrap_or(500))?),
            FaultText::Delay { millis } => Trouble::Delay(span(*millis)?),
            FaultText::Duplicate {} => Trouble::Duplicate,
            FaultText::Reorder { millis } => Trouble::Reorder(span(*millis)?),
        })
    }
}

/// As AWS throttles: SDKs back off and try again.
fn throttled() -> Fault {
    Fault::common("ThrottlingException", 400, "Rate exceeded (on purpose)")
}

fn failed(status: u16) -> Result<Fault, String> {
    match status {
        503 => Ok(Fault::unavailable("Not available (on purpose)")),
        500..=599 => Ok(Fault::common("InternalError", status, "Failed (on purpose)")),
        _ => Err("the status of an error is from 500 to 599".to_owned()),
    }
}

fn span(millis: u64) -> Result<Span, String> {
    if millis == 0 || millis > LONGEST {
        return Err(format!("a delay has from 1 to {LONGEST} milliseconds"));
    }
    Ok(Span::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<(), &str>) {
        let plan = Plan::parse(json.as_bytes());
        match (&plan, expected) {
            (Ok(_), Ok(())) => {}
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{reason}"),
            _ => panic!("{json}: {plan:?}"),
        }
    }

    #[test]
    fn each_fault_is_understood() {
        check(
            r#"{"seed": 7, "rules": [
                {"operation": "SendMessage", "name": "orders-*", "share": 0.1, "fault": "throttle"},
                {"fault": "error", "status": 503},
                {"fault": "delay", "millis": 200},
                {"fault": "duplicate"},
                {"fault": "reorder", "millis": 2000}
            ]}"#,
            Ok(()),
        );
        check("{}", Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        check(r#"{"rules": [{"fault": "explode"}]}"#, Err("explode"));
        check(r#"{"rules": [{"fault": "throttle", "share": 2}]}"#, Err("share"));
        check(r#"{"rules": [{"fault": "error", "status": 200}]}"#, Err("status"));
        check(r#"{"rules": [{"fault": "delay", "millis": 0}]}"#, Err("delay"));
        check(r#"{"rules": [{"fault": "delay"}]}"#, Err("millis"));
        check(r#"{"rule": []}"#, Err("rule"));
        check(r#"{"rules": [{"fault": "throttle", "opration": "SendMessage"}]}"#, Err("opration"));
        check(r#"{"rules": [{"fault": "delay", "millis": 1, "status": 500}]}"#, Err("status"));
    }

    #[test]
    fn faults_of_messages_are_not_those_of_an_operation() {
        for fault in [r#""fault": "duplicate""#, r#""fault": "reorder", "millis": 1"#] {
            let rule = |more: &str| format!(r#"{{"rules": [{{{fault}{more}}}]}}"#);
            check(&rule(r#", "operation": "ReceiveMessage""#), Err("have no operation"));
            check(&rule(r#", "name": "orders-*""#), Ok(()));
        }
    }

    #[test]
    fn a_file_is_the_same_in_toml() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("faults.toml");
        let text = "seed = 7\n[[rules]]\nname = \"q\"\nshare = 0.5\nfault = \"duplicate\"\n";
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes())
            .unwrap();
        let json = r#"{"seed": 7, "rules": [{"name": "q", "share": 0.5, "fault": "duplicate"}]}"#;
        assert_eq!(Plan::read(&path), Plan::parse(json.as_bytes()));
        assert!(Plan::read(&home.path().join("none")).is_err_and(|error| error.contains("none")));
    }

    #[test]
    fn a_plan_tells_how_often_it_has_struck() {
        let plan = Plan::parse(br#"{"rules": [{"fault": "duplicate"}]}"#).unwrap();
        let faults = Faults::default();
        plan.apply(&faults).unwrap();
        let queue = "arn:aws:sqs:us-east-1:000000000000:q".parse().unwrap();
        assert!(faults.duplicates(&queue));
        let shown = serde_json::to_value(plan.counted(&faults)).unwrap();
        assert_eq!(shown["rules"][0]["struck"], 1);
        assert!(
            Plan::parse(shown.to_string().as_bytes()).is_ok(),
            "what is shown can be sent back"
        );
    }
}
