//! `manifest.json`, and what the log says of a run: what went in, which rules and parameters, what came out.

use std::{collections::BTreeMap, io::Write};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    WriteOptions,
    error::{WriteError, io},
    folder::WrittenFile,
    output_file::OutputFile,
    run::Run,
};
use crate::{
    audit::Event,
    matching::{Linkage, Reuse},
    previous::Unusable,
    report::Counts,
};

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    started: Timestamp,
    finished: Timestamp,
    as_of: jiff::civil::Date,
    language: crate::rules::Language,
    parameters: &'a Value,
    inputs: Vec<Value>,
    /// What people had decided before, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<Value>,
    /// The run that this one went on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Value>,
    rules: &'a BTreeMap<String, String>,
    /// The day after which the folder is to be deleted.
    retain_until: jiff::civil::Date,
    /// Why then: the option of the run, or the agency's rule.
    retention: Value,
    counts: &'a Counts,
    /// How the decisions were reached: training, cuts, expected errors.
    matching: Value,
    /// Lists that are CSV because they are beyond what a workbook is good for.
    workbooks_left_out: Vec<&'static str>,
    outputs: &'a [WrittenFile],
}

/// What the report reads of the manifest, before there is one.
pub(super) fn facts(run: &Run<'_>, counts: &Counts) -> Value {
    json!({
        "as_of": run.outcome.as_of,
        "language": run.outcome.language,
        "inputs": inputs(run),
        "counts": counts,
        "matching": matching(&run.outcome.linkage),
    })
}

/// Writes the manifest. It lists every other file but the log, which goes on growing.
pub(super) fn write(
    run: &Run<'_>,
    options: &WriteOptions,
    counts: &Counts,
    left_out: Vec<&'static str>,
    outputs: &[WrittenFile],
    file: &mut OutputFile,
) -> Result<(), WriteError> {
    let manifest = Manifest {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        started: options.started,
        finished: Timestamp::now(),
        as_of: run.outcome.as_of,
        language: run.outcome.language,
        parameters: &options.parameters,
        inputs: inputs(run),
        decisions: decisions(run),
        previous: previous(run),
        rules: &run.outcome.rules,
        retain_until: options.retain_until.unwrap_or_else(|| run.rules.retention.until(options.started)),
        retention: retention(run, options),
        counts,
        matching: matching(&run.outcome.linkage),
        workbooks_left_out: left_out,
        outputs,
    };
    serde_json::to_writer_pretty(&mut *file, &manifest)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(io("write", "manifest.json"))
}

fn retention(run: &Run<'_>, options: &WriteOptions) -> Value {
    match options.retain_until {
        Some(_) => json!({ "set_by": "option" }),
        None => json!({
            "set_by": "rules",
            "months": run.rules.retention.months,
            "basis": run.rules.retention.basis,
        }),
    }
}

fn matching(linkage: &Linkage) -> Value {
    json!({
        "training": linkage.model.sides.iter().map(|side| &side.training).collect::<Vec<_>>(),
        "learnt": linkage.learnt,
        "attach_cut": linkage.estimates.attach_cut,
        "expected_wrong_numbers": linkage.estimates.wrong_numbers,
        "expected_false_merges": linkage.estimates.false_merges,
        "compared": linkage.compared,
        "left_out": linkage.left_out,
    })
}

/// The files of decisions, and how many answers came to what.
fn decisions(run: &Run<'_>) -> Option<Value> {
    let decided = run.outcome.decided.as_ref()?;
    let files: Vec<Value> = decided
        .files
        .iter()
        .map(
            |file| json!({ "path": file.path.to_string_lossy(), "bytes": file.bytes, "sha256": file.sha256 }),
        )
        .collect();
    let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
    for fate in &decided.fates {
        *outcomes.entry(fate.kind_of_fate.as_str()).or_default() += 1;
    }
    Some(json!({ "files": files, "outcomes": outcomes }))
}

/// What a run went on from, and what of that still held.
fn previous(run: &Run<'_>) -> Option<Value> {
    let continued = run.outcome.continued.as_ref()?;
    let (records, [kept, new, ended]) = (continued.records, continued.clusters);
    let Reuse { children, persons, pairs } = run.outcome.linkage.reuse;
    let decisions: Vec<_> = continued.decisions.iter().map(|path| path.to_string_lossy()).collect();
    Some(json!({
        "folder": continued.folder.to_string_lossy(),
        "manifest_sha256": continued.manifest_sha256,
        "run": continued.run,
        "decisions": decisions,
        "records": {
            "unchanged": records.unchanged,
            "changed": records.changed,
            "new": records.new,
            "gone": records.gone,
        },
        "clusters": { "kept": kept, "new": new, "ended": ended },
        "comparisons": {
            "unusable": continued.unusable.map(Unusable::key),
            "unchanged_children": children,
            "unchanged_persons": persons,
            "reused": pairs,
        },
    }))
}

/// Writes `model.json`: the weights of the run, for reading and for `--model`.
pub(super) fn write_model(run: &Run<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    serde_json::to_writer_pretty(&mut *file, &run.outcome.linkage.model)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(io("write", "model.json"))
}

fn inputs(run: &Run<'_>) -> Vec<Value> {
    let inputs = run.outcome.inputs.iter();
    inputs
        .map(|input| {
            json!({
                "list": input.list.as_str(),
                "path": input.path.to_string_lossy(),
                "bytes": input.bytes,
                "sha256": input.sha256,
            })
        })
        .collect()
}

/// What the log says of the run.
pub(super) fn events(
    run: &Run<'_>,
    options: &WriteOptions,
    counts: &Counts,
    outputs: &[WrittenFile],
) -> Vec<(Timestamp, Event)> {
    let (began, now) = (options.started, Timestamp::now());
    let command = options.parameters["command"].as_str().unwrap_or("run");
    let event = |name: &str| Event {
        event: name.to_owned(),
        user: options.user.clone(),
        command: command.to_owned(),
        ..Event::default()
    };
    let program = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "as_of": run.outcome.as_of,
    });
    let decided = json!({
        "records": counts.records,
        "children": counts.children,
        "links": counts.links,
        "review": [counts.review_duplicates, counts.review_identities],
    });
    let mut events = vec![
        (began, Event { parameters: options.parameters.clone(), details: program, ..event("run.started") }),
        (began, Event { details: json!({ "rules": run.outcome.rules }), ..event("rules.loaded") }),
        (
            now,
            Event {
                inputs: inputs(run).into(),
                counts: json!({ "sheets": counts.sheets }),
                ..event("inputs.read")
            },
        ),
    ];
    if let Some(decisions) = decisions(run) {
        events.push((now, Event { decisions, ..event("decisions.read") }));
    }
    if let Some(previous) = previous(run) {
        events.push((now, Event { inputs: previous, ..event("previous.read") }));
    }
    let matching = json!({ "matching": matching(&run.outcome.linkage) });
    events.extend([
        (now, Event { counts: decided, details: matching, ..event("records.decided") }),
        (now, Event { outputs: outputs.to_vec(), ..event("outputs.written") }),
        (now, Event { counts: json!({ "balanced": counts.balanced() }), ..event("run.finished") }),
    ]);
    events
}
