//! Platform applications as a whole, without a server: a lane that is loaded from its rows equals the one that
//! wrote them, whatever happened to it, and lists say what a model says.

use std::collections::BTreeMap;

use api::types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use runtime::{Decision, Moment, Trouble};
use shape::Fault;
use store::{KeyRange, PageLimit, Table};

use crate::mobile::ApplicationLane;
use crate::mobile::lane::Application;
use crate::ops::mobile::*;
use crate::tests::{World, call, pairs};

const APPLICATION: &str = "arn:aws:sns:us-east-1:000000000000:app/GCM/news";

async fn create(world: &World, name: &str, credential: &str) -> Result<String, Fault> {
    let input = CreatePlatformApplicationInput {
        name: name.into(),
        platform: "GCM".into(),
        attributes: pairs(&[("PlatformCredential", credential)]),
    };
    let created = create_platform_application::run(world.sns.clone(), call(), input).await?;
    Ok(created.platform_application_arn.unwrap())
}

async fn delete(world: &World) {
    let input = DeletePlatformApplicationInput { platform_application_arn: APPLICATION.into() };
    delete_platform_application::run(world.sns.clone(), call(), input).await.unwrap();
}

async fn set(world: &World, name: &str, value: &str) -> Result<(), Fault> {
    let input = SetPlatformApplicationAttributesInput {
        platform_application_arn: APPLICATION.into(),
        attributes: pairs(&[(name, value)]),
    };
    let set = set_platform_application_attributes::run(world.sns.clone(), call(), input).await;
    set.map(|_| ())
}

async fn endpoint(world: &World, token: &str, data: Option<&str>) -> Result<String, Fault> {
    let input = CreatePlatformEndpointInput {
        platform_application_arn: APPLICATION.into(),
        token: token.into(),
        custom_user_data: data.map(str::to_owned),
        attributes: None,
    };
    let created = create_platform_endpoint::run(world.sns.clone(), call(), input).await?;
    Ok(created.endpoint_arn.unwrap())
}

async fn set_endpoint(world: &World, arn: &str, name: &str, value: &str) -> Result<(), Fault> {
    let input = SetEndpointAttributesInput {
        endpoint_arn: arn.into(),
        attributes: pairs(&[(name, value)]),
    };
    set_endpoint_attributes::run(world.sns.clone(), call(), input).await.map(|_| ())
}

async fn remove(world: &World, arn: &str) {
    let input = DeleteEndpointInput { endpoint_arn: arn.into() };
    delete_endpoint::run(world.sns.clone(), call(), input).await.unwrap();
}

async fn look(world: &World, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let input = GetEndpointAttributesInput { endpoint_arn: arn.into() };
    let found = get_endpoint_attributes::run(world.sns.clone(), call(), input).await?;
    Ok(found.attributes.unwrap())
}

/// All pages of the application's endpoints.
async fn list(world: &World) -> Result<Endpoints, Fault> {
    let (mut all, mut next_token) = (BTreeMap::new(), None);
    loop {
        let input = ListEndpointsByPlatformApplicationInput {
            platform_application_arn: APPLICATION.into(),
            next_token,
        };
        let page = list_endpoints_by_platform_application::run(world.sns.clone(), call(), input);
        let page = page.await?;
        let found = page.endpoints.unwrap();
        assert!(found.len() <= 100);
        all.extend(found.into_iter().map(|e| (e.endpoint_arn.unwrap(), e.attributes.unwrap())));
        next_token = page.next_token;
        if next_token.is_none() {
            return Ok(all);
        }
    }
}

/// The application as it is in memory.
async fn application(world: &World) -> Option<Application> {
    let copy = |lane: &ApplicationLane, _: Moment<'_>| {
        Decision::<_, _, Trouble>::answer(lane.application.clone())
    };
    world.sns.applications.enter(&APPLICATION.parse().unwrap(), copy).await.unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Create,
    Delete,
    Set { rate: u8 },
    Endpoint { token: u8, data: Option<u8> },
    SetToken { endpoint: u8, token: u8 },
    Disable { endpoint: u8 },
    Remove { endpoint: u8 },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Create),
        1 => Just(Step::Delete),
        1 => (0_u8..9).prop_map(|rate| Step::Set { rate }),
        6 => (0_u8..5, proptest::option::of(0_u8..2))
            .prop_map(|(token, data)| Step::Endpoint { token, data }),
        3 => (0_u8..9, 0_u8..5).prop_map(|(endpoint, token)| Step::SetToken { endpoint, token }),
        2 => (0_u8..9).prop_map(|endpoint| Step::Disable { endpoint }),
        2 => (0_u8..9).prop_map(|endpoint| Step::Remove { endpoint }),
        2 => Just(Step::Restart),
    ]
}

/// Endpoints as they are shown, by ARN.
type Endpoints = BTreeMap<String, BTreeMap<String, String>>;

/// What there must be; none without an application.
type Model = Option<Endpoints>;

async fn take(world: &mut World, model: &mut Model, step: Step) {
    match step {
        Step::Create => {
            create(world, "news", "key").await.unwrap();
            model.get_or_insert_default();
        }
        Step::Delete => {
            delete(world).await;
            *model = None;
            // The rows of its incarnation go.
            world.pass(0).await;
        }
        Step::Set { rate } => {
            let answer = set(world, "SuccessFeedbackSampleRate", &rate.to_string()).await;
            assert_eq!(answer.is_ok(), model.is_some());
            if model.is_some() {
                set(world, "SuccessFeedbackSampleRate", "").await.unwrap();
            }
        }
        Step::Endpoint { token, data } => {
            let (token, data) = (format!("t{token}"), data.map(|data| format!("d{data}")));
            let answer = endpoint(world, &token, data.as_deref()).await;
            let Some(endpoints) = model else {
                assert_eq!(answer.unwrap_err().code, "NotFound");
                return;
            };
            match endpoints.iter().find(|(_, shown)| shown["Token"] == token) {
                Some((arn, shown))
                    if data.is_none() || shown.get("CustomUserData") == data.as_ref() =>
                {
                    assert_eq!(answer.unwrap(), *arn);
                }
                Some((arn, _)) => assert!(answer.unwrap_err().message.contains(arn)),
                None => {
                    let mut shown = pairs(&[("Token", &token), ("Enabled", "true")]);
                    shown.extend(data.map(|data| ("CustomUserData".into(), data)));
                    endpoints.insert(answer.unwrap(), shown);
                }
            }
        }
        Step::SetToken { endpoint, token } => {
            let Some((arn, endpoints)) = nth(model, endpoint) else { return };
            let token = format!("t{token}");
            let is_taken = endpoints.iter().any(|(a, shown)| *a != arn && shown["Token"] == token);
            let answer = set_endpoint(world, &arn, "Token", &token).await;
            assert_eq!(answer.is_err(), is_taken);
            if !is_taken {
                endpoints.get_mut(&arn).unwrap().insert("Token".into(), token);
            }
        }
        Step::Disable { endpoint } => {
            let Some((arn, endpoints)) = nth(model, endpoint) else { return };
            set_endpoint(world, &arn, "Enabled", "false").await.unwrap();
            endpoints.get_mut(&arn).unwrap().insert("Enabled".into(), "false".into());
            assert_eq!(look(world, &arn).await.unwrap(), endpoints[&arn]);
        }
        Step::Remove { endpoint } => {
            let Some((arn, endpoints)) = nth(model, endpoint) else { return };
            remove(world, &arn).await;
            endpoints.remove(&arn);
            assert_eq!(look(world, &arn).await.unwrap_err().code, "NotFound");
        }
        Step::Restart => {
            let before = application(world).await;
            world.restart().await;
            assert_eq!(application(world).await, before);
        }
    }
}

/// One of the endpoints, if there are any.
fn nth(model: &mut Model, endpoint: u8) -> Option<(String, &mut Endpoints)> {
    let endpoints = model.as_mut().filter(|endpoints| !endpoints.is_empty())?;
    let arn = endpoints.keys().nth(usize::from(endpoint) % endpoints.len()).cloned()?;
    Some((arn, endpoints))
}

async fn check(steps: Vec<Step>) {
    let mut world = World::new("orders", &[]).await;
    let mut model = Model::default();
    for step in steps {
        take(&mut world, &mut model, step).await;
        assert_eq!(list(&world).await.ok(), model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn an_application_is_what_a_model_says_however_often_it_is_loaded(steps in vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }
}

#[tokio::test]
async fn lists_have_pages_and_topics_are_not_in_them() {
    let world = World::new("orders", &[]).await;
    for n in 0..101 {
        create(&world, &format!("app{n:03}"), "key").await.unwrap();
    }
    let page = async |next_token: Option<String>| {
        let input = ListPlatformApplicationsInput { next_token };
        list_platform_applications::run(world.sns.clone(), call(), input).await.unwrap()
    };
    let first = page(None).await;
    let shown = first.platform_applications.unwrap();
    assert_eq!(shown.len(), 100);
    assert!(shown[0].platform_application_arn.as_ref().unwrap().ends_with(":app/GCM/app000"));
    assert_eq!(shown[0].attributes.as_ref().unwrap()["AuthenticationMethod"], "key");
    let second = page(first.next_token).await;
    assert_eq!((second.platform_applications.unwrap().len(), second.next_token), (1, None));
    let topics =
        crate::ops::list_topics::run(world.sns.clone(), call(), ListTopicsInput::default());
    assert_eq!(topics.await.unwrap().topics.unwrap().len(), 1);
    create(&world, "news", "key").await.unwrap();
    for n in 0..101 {
        endpoint(&world, &format!("token{n}"), None).await.unwrap();
    }
    assert_eq!(list(&world).await.unwrap().len(), 101);
}

#[tokio::test]
async fn an_application_is_created_once_unless_it_is_set_differently() {
    let world = World::new("orders", &[]).await;
    assert_eq!(create(&world, "news", "key").await.unwrap(), APPLICATION);
    assert_eq!(create(&world, "news", "key").await.unwrap(), APPLICATION);
    let refused = create(&world, "news", "other").await.unwrap_err();
    assert!(refused.message.ends_with("already exists with different attributes"));
}

#[tokio::test]
async fn many_at_once_make_one_endpoint_of_a_token() {
    let world = World::new("orders", &[]).await;
    create(&world, "news", "key").await.unwrap();
    let tokens = (0..40).map(|n| format!("t{}", n % 4)).collect::<Vec<_>>();
    let made = tokens.iter().map(|token| endpoint(&world, token, None));
    let made = futures::future::join_all(made).await;
    let distinct = made.into_iter().map(Result::unwrap).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(distinct.len(), 4);
    assert_eq!(list(&world).await.unwrap().len(), 4);
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_application() {
    let world = World::new("orders", &[]).await;
    create(&world, "news", "key").await.unwrap();
    endpoint(&world, "token", None).await.unwrap();
    let life = application(&world).await.unwrap().incarnation;
    let rows = world.sns.applications.rows(&APPLICATION.parse().unwrap());
    let all = || KeyRange::prefix(life.as_bytes().to_vec());
    let limit = PageLimit { rows: 10, bytes: 1 << 20 };
    let left = rows.page(Table::Lane, all(), limit).await.unwrap();
    assert_eq!(left.rows.len(), 2, "the endpoint and its token");
    delete(&world).await;
    world.pass(0).await;
    let left = rows.page(Table::Lane, all(), limit).await.unwrap();
    assert!(left.rows.is_empty());
}
