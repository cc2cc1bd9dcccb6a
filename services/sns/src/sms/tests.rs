//! Settings as a whole, without a server.

use api::types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use runtime::{Decision, Moment, PageRequest, Trouble};
use serde_json::Value;

use crate::ops::sms::*;
use crate::sms::lane::{self, Settings};
use crate::sms::{SettingsLane, page};
use crate::tests::{World, call, pairs};

async fn settings(world: &World) -> Settings {
    let copy = |lane: &SettingsLane, _: Moment<'_>| {
        Decision::<_, _, Trouble>::answer(lane.settings.clone())
    };
    let caller = call().caller;
    let arn = lane::arn(&caller.region, &caller.account);
    world.sns.settings.enter(&arn, copy).await.unwrap()
}

/// What the operators' page shows.
async fn passwords(world: &World) -> Vec<Value> {
    let path = ["sandbox", "000000000000", "us-east-1"].map(str::to_owned).to_vec();
    let request = PageRequest { path, query: Vec::new() };
    let shown = page::page(world.sns.clone(), request).await.unwrap();
    let mut shown: Value = serde_json::from_str(&shown).unwrap();
    shown["PhoneNumbers"].as_array_mut().unwrap().drain(..).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Set { name: usize, value: bool },
    Add { number: u8 },
    Verify { number: u8, is_right: bool },
    Delete { number: u8 },
    Restart,
}

const SET: [(&str, &str); 3] =
    [("MonthlySpendLimit", "7"), ("DefaultSMSType", "Promotional"), ("DefaultSenderID", "Shop")];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..SET.len(), any::<bool>()).prop_map(|(name, value)| Step::Set { name, value }),
        (0_u8..12).prop_map(|number| Step::Add { number }),
        (0_u8..12, any::<bool>()).prop_map(|(number, is_right)| Step::Verify { number, is_right }),
        (0_u8..12).prop_map(|number| Step::Delete { number }),
        Just(Step::Restart),
    ]
}

async fn take(world: &mut World, step: Step) {
    let number = |number: u8| format!("+12065550{number:03}");
    match step {
        Step::Set { name, value } => {
            let (name, text) = SET[name];
            let attributes = pairs(&[(name, if value { text } else { "" })]);
            let input = SetSMSAttributesInput { attributes };
            set_sms_attributes::run(world.sns.clone(), call(), input).await.unwrap();
        }
        Step::Add { number: which } => {
            let before = settings(world).await.sandbox;
            let input = CreateSMSSandboxPhoneNumberInput {
                phone_number: number(which),
                language_code: None,
            };
            let added =
                create_sms_sandbox_phone_number::run(world.sns.clone(), call(), input).await;
            let is_known = before.keys().any(|known| known.as_str() == number(which));
            assert_eq!(added.is_ok(), is_known || before.len() < 10);
        }
        Step::Verify { number: which, is_right } => {
            let shown = passwords(world).await;
            let shown = shown.iter().find(|shown| shown["PhoneNumber"] == number(which));
            let right = shown.map(|shown| shown["OneTimePassword"].as_str().unwrap());
            let given = right.filter(|_| is_right).unwrap_or("12345678");
            let input = VerifySMSSandboxPhoneNumberInput {
                phone_number: number(which),
                one_time_password: given.into(),
            };
            let verified = verify_sms_sandbox_phone_number::run(world.sns.clone(), call(), input);
            let code = verified.await.err().map(|fault| fault.code);
            let expected = match (shown.is_some(), is_right) {
                (false, _) => Some("ResourceNotFound"),
                (true, false) => Some("VerificationException"),
                (true, true) => None,
            };
            assert_eq!(code, expected);
        }
        Step::Delete { number: which } => {
            let before = settings(world).await.sandbox.len();
            let input = DeleteSMSSandboxPhoneNumberInput { phone_number: number(which) };
            let deleted = delete_sms_sandbox_phone_number::run(world.sns.clone(), call(), input);
            let is_deleted = deleted.await.is_ok();
            let after = settings(world).await.sandbox.len();
            assert_eq!(before - after, usize::from(is_deleted));
        }
        Step::Restart => {
            let before = settings(world).await;
            world.restart().await;
            assert_eq!(settings(world).await, before);
        }
    }
}

async fn check(steps: Vec<Step>) {
    let mut world = World::new("orders", &[]).await;
    for step in steps {
        take(&mut world, step).await;
    }
    take(&mut world, Step::Restart).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn settings_are_the_same_however_often_they_are_loaded(steps in vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }

    #[test]
    fn damaged_settings_are_refused(bytes: Vec<u8>) {
        _ = Settings::read(bytes.into());
    }
}

#[tokio::test]
async fn the_sandboxs_numbers_are_listed_in_pages() {
    let mut world = World::new("orders", &[]).await;
    for number in 0..3 {
        take(&mut world, Step::Add { number }).await;
    }
    take(&mut world, Step::Verify { number: 1, is_right: true }).await;
    let (mut all, mut next_token) = (Vec::new(), None);
    loop {
        let input = ListSMSSandboxPhoneNumbersInput { next_token, max_results: Some(1) };
        let page = list_sms_sandbox_phone_numbers::run(world.sns.clone(), call(), input).await;
        let page = page.unwrap();
        assert_eq!(page.phone_numbers.len(), 1);
        all.extend(page.phone_numbers.into_iter().map(|number| number.status.unwrap()));
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    assert_eq!(all, ["Pending", "Verified", "Pending"]);
}
