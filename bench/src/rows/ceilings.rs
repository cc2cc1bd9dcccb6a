//! A server beside the ceilings of the machine: bare HTTP, the engine alone, the log alone, in turn.

use crate::engine::{self, Work};
use crate::outcome::Measured;
use crate::sample::Sample;
use crate::setup::Setup;
use crate::statistics::combined;
use crate::traffic::Traffic;

/// How many rounds are tried for one that is undisturbed.
const TRIES: u16 = 10;

/// One round of each.
struct Round {
    ceiling: Sample,
    subject: Sample,
}

/// Measures the rounds.
pub(super) async fn measure(setup: &Setup, traffic: &dyn Traffic) -> anyhow::Result<Measured> {
    let ceiling = setup.ceiling(traffic)?;
    // Beside itself, it must not be taken for the same side.
    let name = if setup.subject.is_ceiling() { "ceiling again" } else { setup.subject.name() };
    let mut measured = Measured::default();
    let mut left = setup.scale.rounds * TRIES;
    let mut rounds = 0;
    while rounds < setup.scale.rounds {
        left -= 1;
        // In turns, so that what the machine does in between falls on both.
        let round = if rounds % 2 == 0 {
            let ceiling = setup.run(traffic, &ceiling.server).await?;
            Round { ceiling, subject: setup.run(traffic, &setup.subject).await? }
        } else {
            let subject = setup.run(traffic, &setup.subject).await?;
            Round { subject, ceiling: setup.run(traffic, &ceiling.server).await? }
        };
        if setup.repeats(&[&round.ceiling, &round.subject]) && left >= setup.scale.rounds {
            continue;
        }
        rounds += 1;
        figures(setup, traffic, &round, &mut measured).await?;
        measured.sample("ceiling", round.ceiling);
        measured.sample(name, round.subject);
    }
    Ok(measured)
}

/// The other ceilings, with the batches that the server's commits had in this round, and the shares.
async fn figures(
    setup: &Setup,
    traffic: &dyn Traffic,
    round: &Round,
    measured: &mut Measured,
) -> anyhow::Result<()> {
    measured.figure("http_share", round.subject.messages / round.ceiling.messages);
    let commits = round.subject.commits;
    let sizes = commits.and_then(|all| Some((all.batches_per_commit()?, all.bytes_per_commit()?)));
    let Some((batches_per_commit, bytes_per_commit)) = sizes else { return Ok(()) };
    let work = Work {
        turn: traffic.turn(),
        messages: traffic.messages(),
        batch_bytes: bytes_per_commit / batches_per_commit,
        batches_per_commit,
        is_ahead: setup.connections(traffic.connections()) > 1,
    };
    let engine = engine::measure(&setup.data, work, setup.scale.window).await?;
    let log = setup.log(bytes_per_commit).await?;
    let messages_per_batch = work.messages as f64 / work.turn.len() as f64;
    let both = combined(round.ceiling.messages, engine.messages);
    measured.figure("batches_per_commit", batches_per_commit);
    measured.figure("bytes_per_commit", bytes_per_commit);
    measured.figure("engine_batches_per_commit", engine.batches_per_commit);
    measured.figure("engine_bytes_per_commit", engine.bytes_per_commit);
    measured.figure("engine_ceiling_messages_per_second", engine.messages);
    let log_messages = log.commits * batches_per_commit * messages_per_batch;
    measured.figure("log_ceiling_messages_per_second", log_messages);
    measured.figure("combined_ceiling_messages_per_second", both);
    measured.figure("engine_share", round.subject.messages / engine.messages);
    measured.figure("log_share", round.subject.messages / log_messages);
    measured.figure("combined_share", round.subject.messages / both);
    let sync_ms = log.sync.as_secs_f64() * 1e3;
    measured.figure("fdatasync_ms", sync_ms);
    measured.figure("over_fdatasync_ms", round.subject.latency[0] / 1e3 - sync_ms);
    Ok(())
}
