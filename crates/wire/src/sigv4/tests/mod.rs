//! The published vectors, what is refused, and that nothing that is sent can do harm.

mod hostile;
mod refused;
mod vectors;

use base::Timestamp;

use super::*;

/// The moment at which the published vectors were signed: 2015-08-30T12:36:00Z.
const SIGNED: Timestamp = Timestamp::from_millis(1_440_938_160_000);

fn secret() -> Secret {
    Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

/// A request in parts.
#[derive(Clone, Debug, Default)]
struct Sample {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Headers for Vec<(String, String)> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        self.iter().for_each(|(name, value)| seen(name, value));
    }
}

impl Sample {
    /// Reads a request as it goes over the wire.
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        let (method, rest) = first.split_once(' ').unwrap_or_default();
        let (target, _) = rest.rsplit_once(' ').unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Sample {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: lines.map(header).collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            authority: None,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn judge_at(&self, now: Timestamp) -> Result<(), Refusal> {
        let request = self.signed();
        let claim = Claim::read(&request)?;
        claim.check(&request, "service", now)?;
        claim.verify(&request, &secret(), &SigningKeys::default())
    }

    fn judge(&self) -> Result<(), Refusal> {
        self.judge_at(SIGNED)
    }
}
