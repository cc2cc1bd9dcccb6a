//! FIFO beside standard, in turn.

use crate::outcome::Measured;
use crate::setup::Setup;
use crate::traffic::Traffic;

/// Measures the rounds.
pub(super) async fn measure(
    setup: &Setup,
    standard: &dyn Traffic,
    fifo: &dyn Traffic,
) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for round in 0..setup.scale.rounds {
        let (standard, fifo) = if round % 2 == 0 {
            let standard = setup.run(standard, &setup.subject).await?;
            (standard, setup.run(fifo, &setup.subject).await?)
        } else {
            let fifo = setup.run(fifo, &setup.subject).await?;
            (setup.run(standard, &setup.subject).await?, fifo)
        };
        measured.figure("share_of_standard", fifo.messages / standard.messages);
        measured.sample("standard", standard);
        measured.sample("fifo", fifo);
    }
    Ok(measured)
}
