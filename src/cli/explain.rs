//! `dinhdanh explain`: why two records, or a record and a person, were weighed as they were.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::Args;
use dinhdanh::{
    matching::{Explainer, Explanation},
    outcome::Outcome,
    pipeline::{self, Job, MEMORY},
    read::ColumnMapping,
    record::{PersonalId, RecordIx},
    rules::{Language, Rules},
};
use jiff::civil::Date;
use serde::Deserialize;

use super::options::{Lang, load_model, rules_fault, said};

/// Says what speaks for and against one pair of a finished run, comparison by comparison
///
/// The run is repeated from the files and rules that its manifest names; nothing is written.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Folder of a finished run
    #[arg(value_name = "DIR")]
    run: PathBuf,
    /// A record_id of the run
    #[arg(value_name = "RECORD")]
    record: String,
    /// Another record_id, or a personal number of the register
    #[arg(value_name = "OTHER")]
    other: String,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::Vi)]
    lang: Lang,
}

/// What the manifest says of how a run was made.
#[derive(Deserialize)]
struct Made {
    as_of: Date,
    parameters: Parameters,
    inputs: Vec<Input>,
    decisions: Option<Honoured>,
}

#[derive(Deserialize)]
struct Honoured {
    files: Vec<Decided>,
}

#[derive(Deserialize)]
struct Decided {
    path: PathBuf,
}

#[derive(Deserialize)]
struct Parameters {
    rules: Option<PathBuf>,
    columns: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Input {
    list: String,
    path: PathBuf,
    sha256: String,
}

/// The explanation as text to print: counts, levels and weights, never a name or a whole number.
pub fn run(args: &ExplainArgs) -> anyhow::Result<String> {
    let language = args.lang.into();
    let made = read_manifest(&args.run)?;
    let rules = Rules::with_overlay(made.parameters.rules.as_deref())
        .map_err(|error| rules_fault(&error, language))?;
    let columns = match &made.parameters.columns {
        Some(file) => Some(ColumnMapping::load(file).map_err(|error| said(&error.into(), &rules, language))?),
        None => None,
    };
    // The weights of the run itself: learning them again would only take time.
    let model = load_model(&args.run.join("model.json"), &rules, language)?;
    let paths = |list: &str| {
        made.inputs.iter().filter(|input| input.list == list).map(|input| input.path.clone()).collect()
    };
    let job = Job {
        children: paths("children"),
        register: paths("register"),
        decisions: made
            .decisions
            .iter()
            .flat_map(|honoured| &honoured.files)
            .map(|file| file.path.clone())
            .collect(),
        columns,
        as_of: made.as_of,
        language,
        model: Some(model),
        learn: false,
        // Its clusters' names explain nothing; its decisions are among those above.
        previous: None,
        remember: false,
        memory: MEMORY,
    };
    // Of an indexed register only who is asked for is at hand.
    let numbers: Vec<PersonalId> = PersonalId::parse(&args.other).into_iter().collect();
    let (outcome, explainer) = pipeline::run_explained(&job, &numbers, &rules, &|_| ())
        .map_err(|error| said(&error, &rules, language))?;
    let changed = outcome.inputs.iter().zip(&made.inputs).find(|(now, then)| now.sha256 != then.sha256);
    if let Some((now, _)) = changed {
        let file = now.path.display().to_string();
        return Err(anyhow!(rules.messages.fill(language, "explain", "changed", &[("file", &file)])));
    }
    let explanation = find(&outcome, &explainer, &args.record, &args.other).ok_or_else(|| {
        let values = [("record", args.record.as_str())];
        anyhow!(rules.messages.fill(language, "explain", "unknown", &values))
    })?;
    Ok(text(&explanation, &rules, language))
}

fn read_manifest(run: &Path) -> anyhow::Result<Made> {
    let file = run.join("manifest.json");
    let text =
        fs::read_to_string(&file).map_err(|error| anyhow!(error).context(file.display().to_string()))?;
    serde_json::from_str(&text).map_err(|error| anyhow!("{}: {error}", file.display()))
}

/// The pair that two identifiers name; `None` where one of them is not of the run.
fn find(outcome: &Outcome, explainer: &Explainer, record: &str, other: &str) -> Option<Explanation> {
    let by_id = |id: &str| {
        let at = outcome.children.records.iter().position(|record| record.record_id == id)?;
        u32::try_from(at).ok().map(RecordIx)
    };
    let record = by_id(record)?;
    if let Some(other) = by_id(other) {
        return Some(explainer.records(record, other));
    }
    let number = PersonalId::parse(other).ok()?;
    let people = &outcome.register.as_ref()?.records;
    let at = people.iter().position(|person| person.personal_id.get() == Some(&number))?;
    u32::try_from(at).ok().map(|at| explainer.person(record, RecordIx(at)))
}

fn text(explanation: &Explanation, rules: &Rules, language: Language) -> String {
    let say = |section: &str, key: &str| rules.messages.get(language, section, key).to_owned();
    let mut text = String::new();
    for part in &explanation.evidence {
        let (comparison, level) = (say("comparison", &part.comparison), say("level", &part.level));
        let _ = writeln!(text, "{:+8.2}  {comparison}: {level}", part.weight.0);
    }
    let _ = writeln!(text, "{:+8.2}  {}", explanation.weight.0, say("explain", "weight"));
    let _ = writeln!(text, "{:8.4}  {}", explanation.probability, say("explain", "probability"));
    if explanation.person_decides {
        let _ = writeln!(text, "          {}", say("explain", "person_decides"));
    }
    text
}
