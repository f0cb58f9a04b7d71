//! What the benches of inner loops measure by: the processor's time, where the system tells it (Linux).
//! What others do on the machine must not count.

use std::{fs, time::Instant};

use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// Nanoseconds that the thread was on a processor.
pub struct ProcessorTime {
    begin: Instant,
}

impl ProcessorTime {
    pub fn new() -> Self {
        Self { begin: Instant::now() }
    }

    fn now(&self) -> u128 {
        let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let told = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
        told.unwrap_or_else(|| self.begin.elapsed().as_nanos())
    }
}

impl Measurement for ProcessorTime {
    type Intermediate = u128;
    type Value = u128;

    fn start(&self) -> u128 {
        self.now()
    }

    fn end(&self, start: u128) -> u128 {
        self.now() - start
    }

    fn add(&self, one: &u128, other: &u128) -> u128 {
        one + other
    }

    fn zero(&self) -> u128 {
        0
    }

    fn to_f64(&self, value: &u128) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
