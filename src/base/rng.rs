//! Keyed random streams.
//!
//! Every random decision is drawn from a stream named by its purpose and derived from
//! `(seed, sample index, attempt, name)`. A new decision takes a new name, so it never
//! shifts the draws of others.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};

use crate::base::hash::digest;

/// The streams of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
    index: u64,
    attempt: u32,
}

impl Streams {
    /// The streams of sample `index` of the dataset with `seed`.
    pub const fn new(seed: u64, index: u64) -> Self {
        Self {
            seed,
            index,
            attempt: 0,
        }
    }

    /// The same sample tried again: all streams differ from those of other attempts.
    #[must_use]
    pub const fn attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    /// The stream called `name`. Calling it twice gives the same draws again.
    pub fn stream(&self, name: &str) -> Stream {
        let d = digest([
            b"screensmith/stream/1".as_slice(),
            &self.seed.to_le_bytes(),
            &self.index.to_le_bytes(),
            &self.attempt.to_le_bytes(),
            name.as_bytes(),
        ]);
        Stream(Xoshiro256PlusPlus::from_seed(d))
    }
}

/// One random stream. All draws are integer arithmetic on 64-bit words, so they are the same
/// on every platform.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n` (0 when `n` is 0), by multiply-shift.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included; `low` when `high < low`.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let span = (high - low) as u64 + 1;
        low + ((u128::from(self.next_u64()) * u128::from(span)) >> 64) as i64
    }

    /// A number in `[0, 1)` with 24 random bits.
    pub fn unit(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One item of `items`.
    ///
    /// # Panics
    /// When `items` is empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// The index of one of `weights`, drawn in proportion; 0 when all weights are 0.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().map(|w| u64::from(*w)).sum();
        let mut r = ((u128::from(self.next_u64()) * u128::from(total)) >> 64) as u64;
        for (i, w) in weights.iter().enumerate() {
            if r < u64::from(*w) {
                return i;
            }
            r -= u64::from(*w);
        }
        0
    }

    /// Puts `items` in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// `n` different items of `items` in random order (all of them when there are fewer).
    pub fn sample<'a, T>(&mut self, items: &'a [T], n: usize) -> Vec<&'a T> {
        let mut order: Vec<usize> = (0..items.len()).collect();
        self.shuffle(&mut order);
        order.into_iter().take(n).map(|i| &items[i]).collect()
    }
}
