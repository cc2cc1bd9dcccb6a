//! A platform application's name as a lane.

use std::sync::Arc;

use base::{Arn, Incarnation, Timestamp};
use runtime::jobs::Timer;
use runtime::{Decision, Fact, Lane, Ready, Rows};
use store::{Batch, StoreError};
use uuid::Uuid;

use crate::error::Error;
use crate::mobile::application::ApplicationAttributes;
use crate::mobile::endpoint::{Endpoint, TokenHash};
use crate::mobile::rows;

/// The lane of an application's name: the application, if there is one.
pub(crate) struct ApplicationLane {
    arn: Arn,
    pub(crate) application: Option<Application>,
    /// The last endpoints that were asked for, while they are as they were.
    look: Option<Look>,
    /// The number of changes so far: a look from before one of them is of no use.
    age: u64,
}

/// A platform application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) incarnation: Incarnation,
    pub(crate) created: Timestamp,
    pub(crate) attributes: ApplicationAttributes,
}

/// Which endpoints a decision asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) id: Option<Uuid>,
    pub(crate) token: Option<TokenHash>,
}

/// The result of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    question: Question,
    pub(crate) by_id: Option<Endpoint>,
    pub(crate) by_token: Option<(Uuid, Endpoint)>,
}

/// A look that memory lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    life: Incarnation,
    question: Question,
    age: u64,
}

/// The changes of a platform application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The application is created, or its attributes are others.
    Defined(Application),
    /// The application is deleted; its rows go later.
    Deleted { at: Timestamp },
    /// The rows of a former incarnation are deleted.
    Reclaimed(Timer),
    /// An endpoint begins, or changes; its token was `before`.
    Put { id: Uuid, before: Option<TokenHash>, endpoint: Endpoint },
    /// An endpoint ends.
    Removed { id: Uuid, token: TokenHash },
}

impl ApplicationLane {
    /// Decides from an application and the endpoints that `question` names; `none` decides where there is no
    /// such application.
    pub(crate) fn with<A>(
        &self,
        question: Question,
        none: Decision<Self, A, Error>,
        decide: impl FnOnce(&Look) -> Decision<Self, A, Error>,
    ) -> Decision<Self, A, Error> {
        let Some(application) = &self.application else { return none };
        match self.look.as_ref().filter(|look| look.question == question) {
            Some(look) => decide(look),
            None => {
                let (life, age) = (application.incarnation, self.age);
                Decision::Fetch(Wanted { life, question, age })
            }
        }
    }
}

impl Lane for ApplicationLane {
    type Change = Change;
    type Need = Wanted;
    type Supply = (u64, Look);

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let application = rows::application(arn, rows).await?;
        Ok(ApplicationLane { arn: arn.clone(), application, look: None, age: 0 })
    }

    /// The number of changes before the look.
    fn widen(&self, wanted: Wanted) -> Wanted {
        Wanted { age: self.age, ..wanted }
    }

    async fn fetch(wanted: Wanted, rows: &Rows) -> Result<Self::Supply, StoreError> {
        let Wanted { life, question, age } = wanted;
        let by_id = match question.id {
            Some(id) => rows::endpoint(&life, id, rows).await?,
            None => None,
        };
        let by_token = match question.token {
            Some(token) => rows::by_token(&life, token, rows).await?,
            None => None,
        };
        Ok((age, Look { question, by_id, by_token }))
    }

    fn supply(&mut self, (age, look): Self::Supply) {
        if age == self.age {
            self.look = Some(look);
        }
    }

    fn observe(&mut self, _: Timestamp) {}

    fn write(&self, change: &Change, batch: &mut Batch) {
        rows::write(&self.arn, self.application.as_ref(), change, batch);
    }

    fn apply(&mut self, change: Change) {
        self.age += 1;
        self.look = None;
        match change {
            Change::Defined(application) => self.application = Some(application),
            Change::Deleted { .. } => self.application = None,
            Change::Reclaimed(_) | Change::Put { .. } | Change::Removed { .. } => {}
        }
    }

    /// Nobody waits at an application.
    fn ready(&self) -> Ready {
        Ready::default()
    }

    /// No invariant but what its type says.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// None: it has no policy and no tags.
    fn fact(&self) -> Option<&Arc<Fact>> {
        None
    }
}
