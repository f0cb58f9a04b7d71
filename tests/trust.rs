//! What people must be able to rely on, of the real program: killed in the middle it leaves the old
//! state or the new one, damage is found, and nobody is named on the terminal or in a log. (Faults of
//! the disk itself, at every step, are tried in `src/disk/tests.rs`.)

mod program;

#[path = "trust/damaged.rs"]
mod damaged;
#[path = "trust/killed.rs"]
mod killed;
#[path = "trust/limits.rs"]
mod limits;
#[path = "trust/silent.rs"]
mod silent;

/// Numbers that look thrown and are the same every time (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
