//! The floor under every figure of speed: reads a list and writes it back, with nothing in between.
//!
//!     cargo run --release --example floor -- FILE.csv OUT.csv

use std::{
    error::Error,
    fs::File,
    io::{BufReader, BufWriter},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1);
    let (Some(from), Some(to)) = (paths.next(), paths.next()) else {
        return Err("two files, please: what is read and what is written".into());
    };
    let from = BufReader::with_capacity(1 << 20, File::open(from)?);
    let to = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(from);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(to);
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row)? {
        writer.write_byte_record(&row)?;
    }
    writer.flush()?;
    Ok(())
}
