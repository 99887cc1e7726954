//! What slant reads in a text before the model comes in: quotations, attributions and mentions.
//!
//! `scripts/measure_quotes.py` and `scripts/measure_linking.py` measure it from outside. Texts come in as
//! JSON Lines, `{"text": …, "parties": [{"name", "kind", "aliases", "exclude", "pronouns"}]}` with the
//! parties optional; for each one line goes out, with places in characters.

use std::error::Error;
use std::io::{self, BufRead, Write};

use serde::Deserialize;
use serde_json::json;
use slant::mention::{self, Links};
use slant::parties::{Kind, Parties, Party, Pronouns};
use slant::segment::segment;
use slant::span::{ByteSpan, CharCounter};
use slant::speech;
use slant::voice::Voices;

#[derive(Deserialize)]
struct Asked {
    text: String,
    #[serde(default)]
    parties: Vec<AskedParty>,
}

#[derive(Deserialize)]
struct AskedParty {
    name: String,
    kind: Option<Kind>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    pronouns: Option<Pronouns>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?)?;
        let parties = asked.parties.into_iter().map(|party| Party {
            name: party.name,
            kind: party.kind,
            aliases: party.aliases,
            exclude: party.exclude,
            pronouns: party.pronouns,
        });
        writeln!(
            out,
            "{}",
            read(&asked.text, &Parties::new(parties.collect()))
        )?;
    }
    Ok(())
}

fn read(text: &str, parties: &Parties) -> serde_json::Value {
    let sentences = segment(text);
    let speech = speech::read(text, &sentences);
    let linked = mention::link(text, &sentences, &speech.quotations, parties, Links::All);
    let voices = Voices::read(text, &sentences, &speech, &linked, parties);
    let mut counter = CharCounter::new(text);
    let mut place = |span: ByteSpan| {
        let span = counter.span(span);
        json!([span.start, span.end])
    };
    let quotations: Vec<_> = speech
        .quotations
        .iter()
        .map(|quotation| json!({"span": place(quotation.span), "kind": format!("{:?}", quotation.kind)}))
        .collect();
    let attributions: Vec<_> = speech
        .attributions
        .iter()
        .map(|attribution| {
            json!({
                "source": attribution.source.map(&mut place),
                "antecedent": attribution.antecedent.map(&mut place),
                "cue": place(attribution.cue),
                "content": attribution.content.iter().map(|part| place(*part)).collect::<Vec<_>>(),
                "manner": format!("{:?}", attribution.manner),
            })
        })
        .collect();
    let mentions: Vec<_> = linked
        .mentions
        .iter()
        .flatten()
        .map(|mention| {
            json!({
                "span": place(mention.span),
                "party": parties.party(mention.party).name,
                "link": mention.link.name(),
            })
        })
        .collect();
    let voices: Vec<_> = (0..sentences.len())
        .map(|sentence| {
            let (voice, speaker) = voices.of(sentence, &[]);
            json!({"span": place(sentences[sentence]), "voice": voice.name(), "speaker": speaker})
        })
        .collect();
    json!({"quotations": quotations, "attributions": attributions, "mentions": mentions, "sentences": voices})
}
