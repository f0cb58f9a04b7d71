//! Writes the files. Rows are computed in parallel, chunk by chunk, and written in order, so that
//! memory stays flat and the bytes are the same whatever the number of threads.

use std::{
    ffi::OsStr,
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use rust_xlsxwriter::XlsxError;

use super::{
    ListEncoding, SynthError, SynthPlan, SynthSummary,
    clerk::legacy::{self, Legacy},
    entry::{Clerk, Entry},
    family::Families,
    layout::{BLOCK, COPIES, Layout},
    random::{Permutation, Purpose},
    register::Registrar,
    residence,
    row::{ChildColumn, RegisterColumn},
    workbook,
};
use crate::{
    disk::{self, DiskFile},
    rules::SynthData,
};

/// Places computed by one thread at a time.
const CHUNK: u64 = 1024;
/// Chunks in memory at a time.
const CHUNKS: u64 = 16;

/// Children up to whose number workbooks are written unasked.
const WORKBOOK_CHILDREN: u64 = 20_000;
/// Rows of a workbook at most: they are held in memory, and a sheet ends at 1,048,576.
const WORKBOOK_ROWS: u64 = 1_000_000;

/// Every file that [`synthesise`] may write.
pub const FILES: [&str; 5] =
    ["children.csv", "register.csv", "truth.csv", "children.xlsx", "register_ct3a.xlsx"];

/// Writes `children.csv`, `register.csv` and `truth.csv` into an existing folder; for lists of up
/// to 20,000 children, or where the plan asks for them, also `children.xlsx` and
/// `register_ct3a.xlsx`.
///
/// # Errors
/// [`SynthError`] where the plan cannot be met or a file cannot be written.
pub fn synthesise(plan: &SynthPlan, data: &SynthData, out: &Path) -> Result<SynthSummary, SynthError> {
    if plan.children == 0 {
        return Err(SynthError::NoChildren);
    }
    let layout = Layout::new(plan, data)?;
    let families = Families::new(&layout, data);
    let list_rows = write_list(plan, &families, out)?;
    let register_rows = write_register(plan, &families, out)?;
    let workbooks = plan.workbook || plan.children <= WORKBOOK_CHILDREN;
    if workbooks {
        let rows = list_rows.max(register_rows);
        if rows > WORKBOOK_ROWS {
            return Err(SynthError::SheetTooLong { rows });
        }
        let clerk = Clerk::new(&families, plan.preset, false);
        save(out, "children.xlsx", workbook::write(&families, &clerk, plan.children))?;
        let registrar = Registrar::new(&families, plan.preset);
        save(out, "register_ct3a.xlsx", residence::write(&families, &registrar))?;
    }
    Ok(SynthSummary { list_rows, register_rows, workbooks })
}

/// The same into a folder that appears whole or not at all, in the place of an earlier one where
/// there is one.
///
/// # Errors
/// As [`synthesise`]; what stood there is then as it was.
pub fn synthesise_folder(plan: &SynthPlan, data: &SynthData, out: &Path) -> Result<SynthSummary, SynthError> {
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error| SynthError::Unwritable { path: out.to_owned(), error };
    fs::create_dir_all(parent).map_err(failed)?;
    let beside = disk::private_dir(parent, OsStr::new(".dinhdanh-synth-"), "").map_err(failed)?;
    let made = synthesise(plan, data, &beside).and_then(|summary| {
        put_into_place(&beside, parent, out).map_err(failed)?;
        Ok(summary)
    });
    // After a failure the new one, after an exchange the old one; otherwise nothing.
    if beside.exists() {
        let _ = disk::remove_dir_all(&beside);
    }
    made
}

fn put_into_place(beside: &Path, parent: &Path, out: &Path) -> io::Result<()> {
    disk::sync_dir(beside)?;
    let replaces = out.exists();
    if !(replaces && disk::exchange(beside, out)?) {
        if replaces {
            disk::remove_dir_all(out)?;
        }
        disk::rename(beside, out)?;
    }
    disk::sync_dir(parent)
}

fn save(folder: &Path, name: &str, workbook: Result<Vec<u8>, XlsxError>) -> Result<(), SynthError> {
    let path = folder.join(name);
    let written = workbook.map_err(io::Error::other).and_then(|bytes| {
        let mut file = disk::create(&path)?;
        file.write_all(&bytes)?;
        file.sync()
    });
    written.map_err(|error| SynthError::Unwritable { path, error })
}

fn write_list(plan: &SynthPlan, families: &Families<'_>, out: &Path) -> Result<u64, SynthError> {
    let clerk = Clerk::new(families, plan.preset, plan.encoding != ListEncoding::Utf8);
    let places = plan.children * COPIES;
    let order = Permutation::keyed(places, plan.seed, Purpose::ListOrder, 0);
    let mut children = Target::create(out, "children.csv", ChildColumn::HEADINGS, plan.encoding)?;
    let mut truth =
        Target::create(out, "truth.csv", &["record_id", "entity", "personal_id"], ListEncoding::Utf8)?;
    let mut rows = 0;
    for_chunks(
        places,
        |from, until| {
            let (mut list, mut truth, mut rows) = (memory_writer(), memory_writer(), 0);
            for Entry { row, entity, number, .. } in (from..until).filter_map(|at| clerk.entry(order.of(at)))
            {
                list.write_record(&row.0)?;
                let code = row[ChildColumn::ChildCode].as_str();
                truth.write_record([code, &format!("E{entity:08}"), number.as_deref().unwrap_or("")])?;
                rows += 1;
            }
            Ok((finish(list)?, finish(truth)?, rows))
        },
        |(list, answers, count)| {
            rows += count;
            children.write(&list)?;
            truth.write(&answers)
        },
    )?;
    children.close()?;
    truth.close()?;
    Ok(rows)
}

fn write_register(plan: &SynthPlan, families: &Families<'_>, out: &Path) -> Result<u64, SynthError> {
    let registrar = Registrar::new(families, plan.preset);
    let places = families.layout.blocks * BLOCK;
    let order = Permutation::keyed(places, plan.seed, Purpose::RegisterOrder, 0);
    let mut register = Target::create(out, "register.csv", RegisterColumn::HEADINGS, ListEncoding::Utf8)?;
    let mut rows = 0;
    for_chunks(
        places,
        |from, until| {
            let (mut buffer, mut rows) = (memory_writer(), 0);
            for row in (from..until).flat_map(|at| registrar.household(order.of(at))) {
                buffer.write_record(&row.0)?;
                rows += 1;
            }
            Ok((finish(buffer)?, rows))
        },
        |(buffer, count)| {
            rows += count;
            register.write(&buffer)
        },
    )?;
    register.close()?;
    Ok(rows)
}

/// Computes the places `0..places` chunk by chunk in parallel and takes the results in order.
fn for_chunks<T: Send>(
    places: u64,
    compute: impl Fn(u64, u64) -> csv::Result<T> + Sync,
    mut take: impl FnMut(T) -> Result<(), SynthError>,
) -> Result<(), SynthError> {
    let chunks = places.div_ceil(CHUNK);
    for first in (0..chunks).step_by(CHUNKS as usize) {
        let some: Vec<u64> = (first..chunks.min(first + CHUNKS)).collect();
        let computed: Vec<csv::Result<T>> = some
            .into_par_iter()
            .map(|chunk| compute(chunk * CHUNK, places.min((chunk + 1) * CHUNK)))
            .collect();
        for result in computed {
            take(result.expect("writing rows of one width to memory does not fail"))?;
        }
    }
    Ok(())
}

fn memory_writer() -> csv::Writer<Vec<u8>> {
    csv::Writer::from_writer(Vec::new())
}

fn finish(writer: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    writer.into_inner().map_err(|error| csv::Error::from(io::Error::other(error.to_string())))
}

/// A file being written.
struct Target {
    path: PathBuf,
    file: BufWriter<DiskFile>,
    encoding: ListEncoding,
}

impl Target {
    fn create(
        folder: &Path,
        name: &str,
        headings: &[&str],
        encoding: ListEncoding,
    ) -> Result<Self, SynthError> {
        let path = folder.join(name);
        let file =
            disk::create(&path).map_err(|error| SynthError::Unwritable { path: path.clone(), error })?;
        let mut target = Self { path, file: BufWriter::new(file), encoding };
        if encoding == ListEncoding::Utf8 {
            target.write("\u{feff}".as_bytes())?;
        }
        target.write(format!("{}\n", headings.join(",")).as_bytes())?;
        Ok(target)
    }

    /// Writes UTF-8, in the file's encoding.
    fn write(&mut self, utf8: &[u8]) -> Result<(), SynthError> {
        let old = |legacy| legacy::bytes(legacy, &String::from_utf8_lossy(utf8));
        let written = match self.encoding {
            ListEncoding::Utf8 => self.file.write_all(utf8),
            ListEncoding::Tcvn3 => self.file.write_all(&old(Legacy::Tcvn3)),
            ListEncoding::Vni => self.file.write_all(&old(Legacy::Vni)),
            ListEncoding::Cp1258 => self.file.write_all(&old(Legacy::Cp1258)),
        };
        written.map_err(|error| SynthError::Unwritable { path: self.path.clone(), error })
    }

    fn close(mut self) -> Result<(), SynthError> {
        let saved = self.file.flush().and_then(|()| self.file.get_ref().sync());
        saved.map_err(|error| SynthError::Unwritable { path: self.path.clone(), error })
    }
}
