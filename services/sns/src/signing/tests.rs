//! What is signed is verified by another implementation than the one that signed it.

use std::sync::Arc;

use base::{Clock, Random, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY as SHA1, RSA_PKCS1_2048_8192_SHA256 as SHA256,
    UnparsedPublicKey,
};
use runtime::{Node, Parts, Quotas, Trouble};
use store::memory::{Controls, Crash, MemoryStore, Room};
use store::{Store, StoreError};
use x509_cert::Certificate;
use x509_cert::der::{Decode, DecodePem, Encode};

use super::*;
use crate::envelope::Seal;
use crate::envelope::notification::Notification;

const START: Timestamp = Timestamp::from_millis(1_335_473_104_751);

/// A node that signs.
struct World {
    node: Arc<Node>,
    signing: Signing,
    controls: Controls,
}

impl World {
    async fn new() -> Self {
        let (store, controls) = MemoryStore::controlled(Default::default());
        World::on(store, controls, 1).await
    }

    async fn on(store: Arc<dyn Store>, controls: Controls, seed: u64) -> Self {
        let (clock, random) = (Clock::manual(START), Random::seeded(seed));
        let parts = Parts { store, clock, random, quotas: Quotas::None };
        let node = Node::start(parts).await.unwrap();
        let signing = Signing::new(&node);
        World { node, signing, controls }
    }

    /// The process ends, and another one starts on what is on disk.
    async fn restart(self) -> Self {
        self.node.stop().await.unwrap();
        let (store, controls) = self.controls.crash(Crash::Process);
        World::on(store, controls, 2).await
    }

    async fn sign(&self, version: SignatureVersion, texts: &[&str]) -> Result<Signed, Trouble> {
        self.signing.sign(version, texts.iter().map(|text| (*text).to_owned()).collect()).await
    }

    /// The certificate as whoever verifies gets it.
    async fn certificate(&self, file: &str) -> Certificate {
        let path = format!("/{file}");
        assert!(path.starts_with(FILES));
        let file = self.signing.file(&path).await.unwrap().expect("a certificate");
        Certificate::from_pem(file.body).unwrap()
    }
}

fn public_key(certificate: &Certificate) -> Vec<u8> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    key.subject_public_key.raw_bytes().to_vec()
}

fn verifies(certificate: &Certificate, version: SignatureVersion, text: &str, by: &str) -> bool {
    let algorithm = match version {
        SignatureVersion::V1 => &SHA1,
        SignatureVersion::V2 => &SHA256,
    };
    let signature = STANDARD.decode(by).unwrap();
    let key = UnparsedPublicKey::new(algorithm, public_key(certificate));
    key.verify(text.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn both_versions_verify_with_the_certificate_and_each_only_its_own_text() {
    use SignatureVersion::{V1, V2};
    let world = World::new().await;
    for (version, other) in [(V1, V2), (V2, V1)] {
        let signed = world.sign(version, &["one", "two"]).await.unwrap();
        let certificate = world.certificate(&signed.certificate).await;
        let [one, two] = &signed.signatures[..] else { panic!("{signed:?}") };
        assert!(verifies(&certificate, version, "one", one));
        assert!(verifies(&certificate, version, "two", two));
        assert!(!verifies(&certificate, version, "two", one));
        assert!(!verifies(&certificate, other, "one", one));
    }
}

/// What is signed of a notification, put together from what its receiver reads.
fn string_to_sign(document: &serde_json::Value) -> String {
    let names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    names.iter().map(|name| format!("{name}\n{}\n", document[name].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_notification_verifies_as_its_receiver_reads_it() {
    let world = World::new().await;
    let topic = "arn:aws:sns:us-east-1:123456789012:MyTopic".parse().unwrap();
    let notification = Notification {
        is_replayed: false,
        message_id: "da41e39f-ea4d-435a-b922-c6aae3915ebe",
        topic: &topic,
        subject: Some("quotes \" and\nlines"),
        message: "ä \u{1F600}\t\u{7f} / \\ </script>",
        published: START,
        sequence_number: None,
        attributes: &Default::default(),
    };
    let text = notification.string_to_sign();
    let version = SignatureVersion::V2;
    let mut signed = world.sign(version, &[&text]).await.unwrap();
    let certificate_url = format!("http://localhost/{}", signed.certificate);
    let seal = Seal { version, signature: signed.signatures.remove(0), certificate_url };
    let document = notification.envelope(Some(&seal)).addressed("http://localhost/");
    let read: serde_json::Value = serde_json::from_str(&document).unwrap();
    let certificate = world.certificate(&signed.certificate).await;
    let signature = read["Signature"].as_str().unwrap();
    assert!(verifies(&certificate, version, &string_to_sign(&read), signature));
}

#[tokio::test]
async fn what_was_signed_before_a_restart_still_verifies() {
    let world = World::new().await;
    let before = world.sign(SignatureVersion::V1, &["text"]).await.unwrap();
    let world = world.restart().await;
    let certificate = world.certificate(&before.certificate).await;
    assert!(verifies(&certificate, SignatureVersion::V1, "text", &before.signatures[0]));
    let after = world.sign(SignatureVersion::V1, &["text"]).await.unwrap();
    assert_eq!(after, before, "the same key, although chance is another");
}

#[tokio::test]
async fn those_who_need_the_first_key_at_the_same_time_get_the_same_one() {
    let world = World::new().await;
    // Neither knows what the other one remembers; the lane is one, wherever they are.
    let lanes = Arc::clone(&world.signing.lanes);
    let other = Signing { lanes, key: OnceCell::new() };
    let text = || vec!["text".to_owned()];
    let version = SignatureVersion::V2;
    let (one, two) =
        futures::join!(world.signing.sign(version, text()), other.sign(version, text()));
    assert_eq!(one.unwrap(), two.unwrap());
}

#[tokio::test]
async fn nothing_is_signed_with_a_key_that_is_not_kept() {
    let world = World::new().await;
    world.controls.set_room(Room::OnlyToFree);
    assert!(world.sign(SignatureVersion::V1, &["text"]).await.is_err());
    world.controls.set_room(Room::Plenty);
    let signed = world.sign(SignatureVersion::V1, &["text"]).await.unwrap();
    let world = world.restart().await;
    world.certificate(&signed.certificate).await;
}

#[tokio::test]
async fn looking_for_a_certificate_makes_none() {
    let world = World::new().await;
    let none = world.signing.file("/SimpleNotificationService-0.pem").await.unwrap();
    assert_eq!(none, None);
    assert_eq!(world.node.slots().store().stats().commits, 0);
}

#[tokio::test]
async fn the_certificate_says_who_signs_and_has_signed_itself() {
    let world = World::new().await;
    let signed = world.sign(SignatureVersion::V1, &["text"]).await.unwrap();
    let certificate = world.certificate(&signed.certificate).await;
    let tbs = certificate.tbs_certificate();
    assert_eq!(tbs.subject().to_string(), "CN=sns.amazonaws.com,O=Millpond");
    assert_eq!(tbs.issuer(), tbs.subject());
    let validity = tbs.validity();
    assert_eq!(validity.not_before.to_unix_duration().as_secs(), START.seconds());
    assert_eq!(validity.not_after, x509_cert::time::Time::INFINITY);
    let key = UnparsedPublicKey::new(&SHA256, public_key(&certificate));
    let signature = certificate.signature().raw_bytes();
    assert!(key.verify(&tbs.to_der().unwrap(), signature).is_ok());
    let file = signed.certificate.strip_prefix("SimpleNotificationService-").unwrap();
    let id = file.strip_suffix(".pem").unwrap();
    assert_eq!((id.len(), id.bytes().all(|byte| byte.is_ascii_hexdigit())), (32, true));
}

#[tokio::test]
async fn a_key_is_not_shown_where_things_are_shown() {
    let row = KeyRow { private_key: "secret".into(), certificate: "open".into() };
    assert_eq!(format!("{row:?}"), "KeyRow");
}

#[test]
fn a_certificate_of_any_time_is_read_back() {
    let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::from_seed([1; 32]);
    let key = rsa::RsaPrivateKey::new(&mut rng, 2048).unwrap();
    let key = rsa::pkcs1v15::SigningKey::new(key);
    // 1970, and 2096, which has four digits.
    for seconds in [1_000, 4_000_000_000] {
        let now = Timestamp::from_millis(seconds * 1000);
        let der = certificate::make(&key, &mut rng, now).unwrap();
        let certificate = Certificate::from_der(&der).unwrap();
        let from = certificate.tbs_certificate().validity().not_before;
        assert_eq!(from.to_unix_duration().as_secs(), seconds);
    }
}

#[test]
fn a_version_is_one_or_two() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        assert_eq!(version.as_str().parse(), Ok(version));
    }
    for text in ["", "0", "3", "01", "one"] {
        assert_eq!(text.parse::<SignatureVersion>(), Err(UnknownVersion));
    }
}

/// The error of the lane's row, which nobody can make by using the program.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_trouble_and_not_a_new_key() {
    let world = World::new().await;
    let mut batch = store::Batch::new();
    let arn = lane::arn();
    runtime::names::put(&mut batch, &arn, "nonsense");
    let term = world.node.slots().owned(base::SlotId::of(arn.as_str()));
    let commit = term.slot().submit(batch, store::Durability::Disk);
    term.slot().durable(commit).await.unwrap();
    assert!(world.sign(SignatureVersion::V1, &["text"]).await.is_err());
    let row = term.slot().get(store::Table::Names, runtime::names::key(&arn)).await;
    assert_eq!(row, Ok::<_, StoreError>(Some("nonsense".into())));
}
