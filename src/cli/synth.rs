//! `dinhdanh synth`: an invented list, register and truth.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use dinhdanh::{
    rules::{Preset, SynthData},
    synth::{FILES, ListEncoding, SynthPlan, SynthSummary, synthesise_folder},
};

/// Invents a list of children, a register extract and the truth; nobody in them exists
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Children in the list (some are entered several times)
    #[arg(long, value_name = "N", default_value_t = 3000)]
    children: u64,
    /// Seed: the same seed and options give the same files everywhere
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How badly the list is kept
    #[arg(long, value_enum, default_value_t = PresetArg::Normal)]
    preset: PresetArg,
    /// Persons in the register, about
    #[arg(long, value_name = "N")]
    register: Option<u64>,
    /// Write workbooks too, however many children there are
    #[arg(long)]
    workbook: bool,
    /// Encoding of children.csv
    #[arg(long, value_enum, default_value_t = EncodingArg::Utf8)]
    encoding: EncodingArg,
    /// Folder of rules that overlay the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Replace an existing folder of an earlier synth
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PresetArg {
    /// Almost no errors
    Clean,
    /// As most wards have it
    Normal,
    /// As bad as lists get
    Hard,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EncodingArg {
    /// UTF-8 with byte-order mark
    Utf8,
    /// TCVN3 (ABC), of .VnTime
    Tcvn3,
    /// VNI-Windows
    Vni,
    /// Windows-1258
    Cp1258,
}

impl From<EncodingArg> for ListEncoding {
    fn from(encoding: EncodingArg) -> Self {
        match encoding {
            EncodingArg::Utf8 => Self::Utf8,
            EncodingArg::Tcvn3 => Self::Tcvn3,
            EncodingArg::Vni => Self::Vni,
            EncodingArg::Cp1258 => Self::Cp1258,
        }
    }
}

impl From<PresetArg> for Preset {
    fn from(preset: PresetArg) -> Self {
        match preset {
            PresetArg::Clean => Self::Clean,
            PresetArg::Normal => Self::Normal,
            PresetArg::Hard => Self::Hard,
        }
    }
}

/// The files are written beside the folder asked for and moved there when all are whole.
pub fn run(args: &SynthArgs) -> anyhow::Result<SynthSummary> {
    let out = &args.out;
    if out.exists() {
        if !args.force {
            bail!("{} exists already; give --force to replace it", out.display());
        }
        refuse_foreign_files(out)?;
    }
    let data = SynthData::load(args.rules.as_deref())?;
    let plan = SynthPlan {
        children: args.children,
        seed: args.seed,
        preset: args.preset.into(),
        register: args.register,
        workbook: args.workbook,
        encoding: args.encoding.into(),
    };
    Ok(synthesise_folder(&plan, &data, out)?)
}

/// A folder is replaced only where it holds nothing but what synth writes.
fn refuse_foreign_files(folder: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let name = entry.with_context(|| folder.display().to_string())?.file_name();
        if !FILES.iter().any(|file| name == *file) {
            bail!("{} holds other files than those of synth; choose another folder", folder.display());
        }
    }
    Ok(())
}
