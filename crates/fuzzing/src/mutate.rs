//! Bytes that are nearly right: samples, changed in a few places.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Most bytes of an input.
const LONGEST: usize = 64 << 10;
/// Most changes to one sample.
const MOST_CHANGES: usize = 5;
/// Words that have hurt readers before.
const WORDS: [&[u8]; 30] = [
    b"\0",
    b"\"",
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xef\xbf\xbe",
    b"%",
    b"%00",
    b"%ff",
    b"&",
    b"=",
    b".1",
    b".0.",
    b"{}",
    b"[]",
    b"[[[[[[[[[[[[[[[[",
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b"0",
    b"2147483648",
    b"9223372036854775808",
    b"18446744073709551616",
    b"NaN",
    b"*",
    b"${",
    b"\n",
    b"\xe2\x80\xae",
];

/// Changes samples, the same way for the same seed.
pub struct Mutator {
    samples: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    dice: StdRng,
}

impl Mutator {
    /// Begins with these samples, of which there is at least one. Words in them are inserted in others.
    pub fn new(samples: Vec<Vec<u8>>, seed: u64) -> Self {
        assert!(!samples.is_empty(), "there are no samples");
        let mut words: Vec<Vec<u8>> = samples.iter().flat_map(|sample| words(sample)).collect();
        words.sort_unstable();
        words.dedup();
        words.extend(WORDS.iter().map(|word| word.to_vec()));
        Mutator { samples, words, dice: StdRng::seed_from_u64(seed) }
    }

    /// The next input.
    pub fn input(&mut self) -> Vec<u8> {
        let sample = self.dice.random_range(0..self.samples.len());
        let mut bytes = self.samples[sample].clone();
        // Mostly few: what is nearly right gets furthest.
        let most = self.dice.random_range(1..=MOST_CHANGES);
        for _ in 0..self.dice.random_range(1..=most) {
            self.change(&mut bytes);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.dice.random_range(0..=bytes.len());
        match self.dice.random_range(0..12) {
            0 | 1 => self.flip(bytes, at),
            2 | 3 => self.overwrite(bytes, at),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(self.range(bytes, at))),
            6 => self.repeat(bytes, at),
            7..=10 => self.insert_word(bytes, at),
            _ => self.splice(bytes, at),
        }
    }

    fn flip(&mut self, bytes: &mut [u8], at: usize) {
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << self.dice.random_range(0..8);
        }
    }

    fn overwrite(&mut self, bytes: &mut [u8], at: usize) {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = self.dice.random_range(0..=u8::MAX);
        }
    }

    /// A short range that starts there.
    fn range(&mut self, bytes: &[u8], at: usize) -> std::ops::Range<usize> {
        let most = (bytes.len() - at).min(1 << self.dice.random_range(0..9));
        at..at + self.dice.random_range(0..=most)
    }

    fn repeat(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let piece = bytes[self.range(bytes, at)].to_vec();
        for _ in 0..1 << self.dice.random_range(0..5) {
            if bytes.len() < LONGEST {
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }

    /// Inserts a word, or puts it in the place of what stands there.
    fn insert_word(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let word = self.words[self.dice.random_range(0..self.words.len())].clone();
        let replaced = match self.dice.random_range(0..2) {
            0 => at..at,
            _ => at..(at + word.len()).min(bytes.len()),
        };
        bytes.splice(replaced, word);
    }

    /// Goes on with the end of another sample.
    fn splice(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let other = &self.samples[self.dice.random_range(0..self.samples.len())];
        let from = self.dice.random_range(0..=other.len());
        bytes.truncate(at);
        bytes.extend_from_slice(&other[from..]);
    }
}

/// The names and numbers in a sample.
fn words(sample: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let words = sample.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    words.filter(|word| (2..40).contains(&word.len())).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(seed: u64) -> Vec<Vec<u8>> {
        let samples = vec![b"{\"QueueName\":\"q\"}".to_vec(), b"Action=ListQueues".to_vec()];
        let mut mutator = Mutator::new(samples, seed);
        (0..500).map(|_| mutator.input()).collect()
    }

    #[test]
    fn one_seed_gives_the_same_inputs_twice() {
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }

    #[test]
    fn inputs_differ_from_each_other_and_stay_near_the_samples() {
        let mut inputs = inputs(3);
        let near = inputs.iter().filter(|input| input.windows(4).any(|part| part == b"ueue"));
        assert!(near.count() > 250);
        assert!(inputs.iter().all(|input| input.len() <= LONGEST));
        inputs.sort();
        inputs.dedup();
        assert!(inputs.len() > 400);
    }
}
