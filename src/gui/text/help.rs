//! The words of the Help menu and of what it opens.

texts! {
    /// The words of one language.
    Help {}
    menu: "Help", "帮助";
    manual: "Manual", "使用手册";
    what_now: "What now?", "怎么办？";
}
