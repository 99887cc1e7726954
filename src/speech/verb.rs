//! The verbs that give words to somebody.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::grammar::words;

/// What a verb governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A quotation or a clause that is said.
    Say,
    /// A quotation, or a clause with “that”.
    Quote,
    /// A clause that is thought, wished or found.
    Think,
    /// An object that is judged.
    Judge,
}

/// In which form a verb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Base,
    ThirdPerson,
    Past,
    Ing,
}

/// A form of a verb in `verbs.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) class: Class,
    pub(super) form: Form,
}

static VERBS: LazyLock<HashMap<String, Verb>> = LazyLock::new(|| {
    let mut verbs = HashMap::new();
    let mut class = Class::Say;
    let lines = include_str!("verbs.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "[say]" => class = Class::Say,
            "[quote]" => class = Class::Quote,
            "[think]" => class = Class::Think,
            "[judge]" => class = Class::Judge,
            _ => {
                for (form, word) in forms(line) {
                    verbs.entry(word).or_insert(Verb { class, form });
                }
            }
        }
    }
    verbs
});

/// The verb that `word`, in lower case, is a form of.
pub(super) fn verb(word: &str) -> Option<Verb> {
    VERBS.get(word).copied()
}

/// All forms of the verb on a line of `verbs.txt`. Of two that look alike the later is passed over.
fn forms(line: &str) -> [(Form, String); 4] {
    let mut words = line.split_whitespace();
    let base = words.next().unwrap_or_default();
    let stem = base.strip_suffix('e').unwrap_or(base);
    let is_after_consonant = |letter: char| {
        base.strip_suffix(letter)
            .is_some_and(|before| !before.ends_with(['a', 'e', 'i', 'o', 'u']))
    };
    let past = match base.strip_suffix('y') {
        Some(stem) if is_after_consonant('y') => format!("{stem}ied"),
        _ => format!("{stem}ed"),
    };
    let third = match base.strip_suffix('y') {
        Some(stem) if is_after_consonant('y') => format!("{stem}ies"),
        _ if base.ends_with(['s', 'x']) || base.ends_with("sh") || base.ends_with("ch") => {
            format!("{base}es")
        }
        _ if base.ends_with("go") || base.ends_with("ho") => format!("{base}es"),
        _ => format!("{base}s"),
    };
    let past = words.next().map_or(past, str::to_owned);
    let is_final_e = base.ends_with('e') && !base.ends_with("ee");
    let ing = format!("{}ing", if is_final_e { stem } else { base });
    let ing = words.next().map_or(ing, str::to_owned);
    [
        (Form::Past, past),
        (Form::Base, base.to_owned()),
        (Form::ThirdPerson, third),
        (Form::Ing, ing),
    ]
}

words! {
    /// What one can send, post or give that says something.
    is_message:
    "tweet" "tweets" "statement" "letter" "email" "e-mail" "memo" "post" "message" "report" "speech" "ad"
    "op-ed" "brief" "article" "note" "interview" "release" "resolution" "paper"
}

words! {
    /// Third persons that are plural nouns as often.
    is_plural_noun:
    "claims" "reports" "notes" "states" "demands" "promises" "calls" "answers" "questions" "comments"
    "remarks" "estimates" "views" "hopes" "fears" "plans" "attacks" "charges" "rules" "texts" "posts"
    "tweets" "points" "challenges" "backs" "labels" "rates" "quotes" "details" "documents" "votes"
    "talks" "doubts" "signals" "hints" "addresses" "drives" "pushes" "campaigns" "faults" "credits"
    "honors" "honours" "protests" "objects" "projects" "reasons" "shows" "supports" "worries" "requests"
    "cries" "presents" "raises" "figures" "finds" "favors" "favours" "records" "needs" "cites" "counters"
}

words! {
    /// Nouns that stand for a verb: “Trump’s claim that …”.
    is_saying:
    "claim" "claims" "contention" "assertion" "assertions" "statement" "statements" "warning" "warnings"
    "argument" "arguments" "allegation" "allegations" "accusation" "accusations" "promise" "promises"
    "pledge" "vow" "suggestion" "suggestions" "proposal" "proposals" "call" "calls" "demand" "demands" "view"
    "views" "opinion" "belief" "beliefs" "comment" "comments" "remark" "remarks" "hope" "hopes" "fear"
    "fears" "concern" "concerns" "criticism" "admission" "acknowledgment" "announcement" "conclusion"
    "insistence" "denial" "complaint" "complaints" "refusal" "decision" "plan" "plans" "description" "support"
    "prediction" "predictions" "attack" "attacks" "theory" "conviction" "request" "position" "idea"
    "ideas" "desire" "intention" "threat" "threats" "praise" "defense" "endorsement" "vision" "opposition"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_verb_are_known() {
        for (word, form) in [
            ("says", Form::ThirdPerson),
            ("said", Form::Past),
            ("denied", Form::Past),
            ("denies", Form::ThirdPerson),
            ("admitting", Form::Ing),
            ("agreeing", Form::Ing),
            ("wrote", Form::Past),
            ("writing", Form::Ing),
            ("echoes", Form::ThirdPerson),
            ("argue", Form::Base),
        ] {
            assert_eq!(verb(word).map(|verb| verb.form), Some(form), "{word}");
        }
        assert_eq!(verb("table"), None);
    }
}
