//! Phone numbers of the sandbox.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox.html>

use std::collections::BTreeMap;

use base::{Random, Timestamp};
use runtime::Quotas;

use crate::error::Error;
use crate::limits;
use crate::sms::PhoneNumber;

/// The phone numbers of an account's sandbox.
pub(crate) type Sandbox = BTreeMap<PhoneNumber, Destination>;

/// A phone number that may be sent to, or will be once it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The newest one-time password.
    pub(crate) password: String,
    pub(crate) verified: bool,
    /// The times at which passwords were made: the last few.
    pub(crate) made: Vec<Timestamp>,
    /// The time at which it was last verified, or should have been, or came.
    pub(crate) touched: Timestamp,
}

/// Adds a number, or makes a new password for one that waits to be verified. A verified one stays as it is.
pub(crate) fn add(
    sandbox: &Sandbox,
    number: &PhoneNumber,
    (now, random): (Timestamp, &Random),
    quotas: Quotas,
) -> Result<Sandbox, Error> {
    let mut sandbox = sandbox.clone();
    let present = sandbox.remove(number);
    if present.is_none() && sandbox.len() >= limits::SANDBOX {
        let most = limits::SANDBOX;
        let text = format!("An account has at most {most} phone numbers in the SMS sandbox.");
        return Err(Error::AgainstSandbox(text));
    }
    let destination = match present {
        Some(present) if present.verified => present,
        present => {
            let mut made = present.map(|present| present.made).unwrap_or_default();
            let lately = made.iter().filter(|at| now.since(**at) < limits::SANDBOX_DAY).count();
            if quotas == Quotas::Aws && lately >= limits::PASSWORDS {
                return Err(Error::Throttled);
            }
            made.push(now);
            let old = made.len().saturating_sub(limits::PASSWORDS);
            made.drain(..old);
            Destination { password: password(random), verified: false, made, touched: now }
        }
    };
    sandbox.insert(number.clone(), destination);
    Ok(sandbox)
}

/// Verifies a number with its newest password. A wrong one counts as an attempt: what comes of it stands beside.
pub(crate) fn verify(
    sandbox: &Sandbox,
    number: &PhoneNumber,
    password: &str,
    now: Timestamp,
) -> Result<(Sandbox, bool), Error> {
    let mut sandbox = sandbox.clone();
    let destination = sandbox.get_mut(number).ok_or(Error::ResourceNotFound)?;
    let is_right = destination.password == password;
    destination.verified |= is_right;
    destination.touched = now;
    Ok((sandbox, is_right))
}

/// Takes a number away; under AWS's quotas a day after the last attempt to verify it.
pub(crate) fn remove(
    sandbox: &Sandbox,
    number: &PhoneNumber,
    now: Timestamp,
    quotas: Quotas,
) -> Result<Sandbox, Error> {
    let mut sandbox = sandbox.clone();
    let destination = sandbox.remove(number).ok_or(Error::ResourceNotFound)?;
    if quotas == Quotas::Aws && now.since(destination.touched) < limits::SANDBOX_DAY {
        let text = "A phone number can be deleted 24 hours after it was verified, or after the last attempt to verify it.";
        return Err(Error::AgainstSandbox(text.into()));
    }
    Ok(sandbox)
}

fn password(random: &Random) -> String {
    let number = u32::from_be_bytes(random.bytes()) % 1_000_000;
    format!("{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    fn number(last: usize) -> PhoneNumber {
        PhoneNumber::parse(format!("+1206555{last:04}")).unwrap()
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn added(sandbox: &Sandbox, last: usize, now: u64, quotas: Quotas) -> Result<Sandbox, Error> {
        add(sandbox, &number(last), (at(now), &Random::seeded(now)), quotas)
    }

    #[test]
    fn a_number_is_verified_with_its_newest_password() {
        let first = added(&Sandbox::new(), 1, 1, Quotas::None).unwrap();
        let second = added(&first, 1, 2, Quotas::None).unwrap();
        let password = |sandbox: &Sandbox| sandbox[&number(1)].password.clone();
        assert!(password(&first).len() == 6 && password(&first) != password(&second));
        let (still, is_right) = verify(&second, &number(1), &password(&first), at(3)).unwrap();
        assert!(!is_right && !still[&number(1)].verified);
        let (verified, is_right) = verify(&still, &number(1), &password(&second), at(4)).unwrap();
        assert!(is_right && verified[&number(1)].verified);
        assert_eq!(added(&verified, 1, 5, Quotas::None), Ok(verified));
        assert_eq!(verify(&second, &number(2), "123456", at(3)), Err(Error::ResourceNotFound));
    }

    #[test]
    fn ten_are_the_most() {
        let add = |sandbox, last| added(&sandbox, last, 1, Quotas::None).unwrap();
        let full = (0..10).fold(Sandbox::new(), add);
        assert!(matches!(added(&full, 10, 1, Quotas::None), Err(Error::AgainstSandbox(_))));
        assert!(added(&full, 9, 1, Quotas::None).is_ok());
    }

    #[test]
    fn under_awss_quotas_there_are_five_passwords_a_day() {
        for quotas in [Quotas::Aws, Quotas::None] {
            let add = |sandbox, now| added(&sandbox, 1, now, quotas).unwrap();
            let sandbox = (0..5).fold(Sandbox::new(), add);
            let sixth = added(&sandbox, 1, DAY - 1, quotas);
            assert_eq!(sixth.is_err(), quotas == Quotas::Aws);
            let later = added(&sandbox, 1, DAY, quotas).unwrap();
            assert_eq!(later[&number(1)].made.len(), 5);
        }
    }

    #[test]
    fn under_awss_quotas_a_number_stays_for_a_day() {
        let sandbox = added(&Sandbox::new(), 1, 1, Quotas::Aws).unwrap();
        let (sandbox, _) = verify(&sandbox, &number(1), "wrong", at(10)).unwrap();
        let remove = |now, quotas| remove(&sandbox, &number(1), at(now), quotas);
        assert!(matches!(remove(DAY + 9, Quotas::Aws), Err(Error::AgainstSandbox(_))));
        assert_eq!(remove(DAY + 10, Quotas::Aws), Ok(Sandbox::new()));
        assert_eq!(remove(11, Quotas::None), Ok(Sandbox::new()));
        assert_eq!(
            super::remove(&sandbox, &number(2), at(1), Quotas::None),
            Err(Error::ResourceNotFound)
        );
    }
}
