//! The certificate that goes with the key: it says who signs, and is signed by nobody else.

use std::str::FromStr;
use std::time::Duration;

use base::Timestamp;
use rand::RngExt;
use rand::rngs::StdRng;
use rsa::pkcs1v15::{Signature, SigningKey};
use rsa::signature::Keypair;
use sha2::Sha256;
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder, Result};
use x509_cert::der::asn1::{GeneralizedTime, Ia5String, UtcTime};
use x509_cert::der::{Decode, Encode, EncodePem, pem::LineEnding};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// The subject of the certificate: there are verifiers that ask for this one.
const HOST: &str = "sns.amazonaws.com";

/// The certificate's fields beside the key.
struct SelfMade(Name);

impl BuilderProfile for SelfMade {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let host = SubjectAltName(vec![GeneralName::DnsName(Ia5String::new(HOST)?)]);
        let usage = KeyUsage(KeyUsages::DigitalSignature.into());
        let subject = tbs.subject();
        Ok(vec![usage.to_extension(subject, &[])?, host.to_extension(subject, &[])?])
    }
}

/// A certificate in DER, valid from now on and without an end: messages can be verified as long as they exist.
pub(super) fn make(key: &SigningKey<Sha256>, rng: &mut StdRng, now: Timestamp) -> Result<Vec<u8>> {
    let subject = Name::from_str(&format!("CN={HOST},O=Millpond"))?;
    let mut serial = rng.random::<[u8; 16]>();
    // Positive, and as long whatever was drawn.
    serial[0] = serial[0] & 0x3f | 0x40;
    let validity = Validity::new(time(now)?, Time::INFINITY);
    let public = SubjectPublicKeyInfoOwned::from_key(&key.verifying_key())?;
    let (profile, serial) = (SelfMade(subject), SerialNumber::new(&serial)?);
    let builder = CertificateBuilder::new(profile, serial, validity, public)?;
    let certificate = builder.build_with_rng::<_, Signature, _>(key, rng)?;
    Ok(certificate.to_der()?)
}

/// Certificates write years up to 2049 with two digits.
fn time(at: Timestamp) -> Result<Time> {
    let since = Duration::from_secs(at.seconds());
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?),
    })
}

/// A certificate as it is served.
pub(super) fn pem(der: &[u8]) -> std::result::Result<String, x509_cert::der::Error> {
    x509_cert::Certificate::from_der(der)?.to_pem(LineEnding::LF)
}
