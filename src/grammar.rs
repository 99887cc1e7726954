//! The small words of English: what no name is made of.

/// A list of words, as a test of membership.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($word:literal)+) => {
        $(#[$doc])*
        pub(crate) fn $name(word: &str) -> bool {
            matches!(word, $($word)|+)
        }
    };
}
pub(crate) use words;

words! {
    /// What stands between a subject and its verb.
    is_auxiliary:
    "am" "is" "are" "was" "were" "be" "been" "being" "has" "have" "had" "having" "do" "does" "did" "will"
    "would" "can" "could" "may" "might" "must" "shall" "should" "ought" "not" "cannot" "n't"
    "isn't" "aren't" "wasn't" "weren't" "hasn't" "haven't" "hadn't" "don't" "doesn't" "didn't"
    "won't" "wouldn't" "can't" "couldn't" "shouldn't" "isn’t" "aren’t" "wasn’t" "weren’t" "hasn’t"
    "haven’t" "hadn’t" "don’t" "doesn’t" "didn’t" "won’t" "wouldn’t" "can’t" "couldn’t" "shouldn’t"
}

words! {
    /// The forms of `be`, by which a passive is known.
    is_be: "am" "is" "are" "was" "were" "be" "been" "being"
}

words! {
    /// Irregular pasts that are hardly ever anything else.
    is_irregular_past:
    "became" "began" "bought" "broke" "brought" "came" "chose" "drove" "fell" "flew" "fought" "gave" "got" "grew"
    "kept" "met" "paid" "ran" "sat" "sent" "shook" "sold" "stole" "threw" "took" "went" "won" "wore"
}

words! {
    is_adverb:
    "also" "then" "later" "once" "again" "often" "never" "always" "just" "even" "still" "already" "now" "soon"
    "earlier" "further" "first" "too" "ever" "sometimes" "instead" "rather" "both" "all" "himself"
    "herself" "themselves" "itself" "today" "yesterday" "tomorrow" "tonight" "afterward" "afterwards"
    "thus" "therefore" "however" "meanwhile" "maybe" "perhaps" "long" "only" "jointly" "so" "far"
    "quickly" "tuesday" "monday" "wednesday" "thursday" "friday" "saturday" "sunday"
}

words! {
    is_number:
    "one" "two" "three" "four" "five" "six" "seven" "eight" "nine" "ten" "most" "many" "more" "several" "few"
    "other" "some" "all" "both"
}

words! {
    is_preposition:
    "of" "in" "on" "at" "for" "from" "with" "to" "by" "about" "into" "over" "under" "against" "among"
    "amid" "between" "near" "inside" "outside" "within" "without" "during" "through" "throughout"
    "across" "around" "behind" "beyond" "despite" "following" "including" "like" "unlike" "per"
    "toward" "towards" "upon" "via" "off" "out" "up" "down" "along" "alongside" "besides"
}

words! {
    is_determiner:
    "the" "a" "an" "this" "these" "those" "some" "many" "most" "several" "any" "no" "each" "every" "another"
    "other" "his" "her" "its" "their" "our" "my" "your" "few" "both" "such" "one" "two" "three"
    "four" "five" "more" "others" "certain" "various" "all"
}

words! {
    /// What a clause begins with.
    is_clause_start:
    "that" "because" "while" "when" "whenever" "if" "unless" "as" "after" "before" "since" "until" "till"
    "although" "though" "whether" "than" "which" "who" "whom" "whose" "where" "what" "how" "why"
    "so" "but" "and" "or" "nor" "yet" "once" "whereas"
}

words! {
    is_pronoun:
    "he" "she" "they" "it" "we" "i" "you" "someone" "somebody" "everyone" "everybody" "nobody" "anyone"
    "anybody" "others" "this" "that" "who" "which"
}

words! {
    /// Times that stand without a preposition or after `on`, `last`, `this`.
    is_time:
    "monday" "tuesday" "wednesday" "thursday" "friday" "saturday" "sunday" "january" "february" "march"
    "april" "june" "july" "august" "september" "october" "november" "december" "week" "month"
    "year" "morning" "afternoon" "evening" "night" "day" "weekend" "days" "weeks" "months" "years"
    "today" "yesterday" "minutes" "hours" "spring" "summer" "fall" "autumn" "winter"
}

/// The pronoun of “he’s”, “they’re”, “I’ve”.
pub(crate) fn without_clitic(word: &str) -> &str {
    word.split(['\'', '’']).next().unwrap_or(word)
}

/// `word` in lower case, but for an acronym that a small word would be read into: `WHO`, `US`, `IT`.
pub(crate) fn lowered(word: &str) -> String {
    let lower = word.to_lowercase();
    let is_small = is_pronoun(&lower)
        || is_clause_start(&lower)
        || is_preposition(&lower)
        || matches!(lower.as_str(), "us" | "am" | "may" | "will" | "no" | "all");
    if is_small && crate::word::is_capitals(word) {
        word.to_owned()
    } else {
        lower
    }
}
