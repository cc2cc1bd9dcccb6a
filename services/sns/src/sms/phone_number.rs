//! Phone numbers.

use crate::error::Error;

/// A phone number in E.164 format: `+` and up to fifteen digits.
/// <https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads one.
    pub(crate) fn parse(text: String) -> Result<Self, Error> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let fits = (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if fits {
            Ok(PhoneNumber(text))
        } else {
            Err(Error::because("PhoneNumber", "input incorrectly formatted"))
        }
    }

    /// The number.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_countrys_code() {
        let parse = |text: &str| PhoneNumber::parse(text.into());
        assert_eq!(parse("+12065550100").unwrap().as_str(), "+12065550100");
        for bad in ["", "+", "+1", "12065550100", "+1 206", "+0123456", "+1234567890123456", "+12ä"]
        {
            let wrong = "Invalid parameter: PhoneNumber Reason: input incorrectly formatted";
            assert_eq!(parse(bad).unwrap_err().to_string(), wrong, "{bad}");
        }
    }
}
