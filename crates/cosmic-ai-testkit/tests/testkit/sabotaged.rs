//! Every broken backend is caught by the check that is named for its fault, under a clock that does not pass of itself.

use cosmic_ai_testkit::conformance;

use crate::sabotage::{Broken, Sabotage};

/// The backend broken in this way fails exactly these checks, in any order.
async fn caught(how: Sabotage, expected: &[&str]) {
    let report = conformance::all(&Broken::generators(how)).await;
    let mut failed: Vec<&str> = report.failures().map(|check| check.name).collect();
    let mut expected = expected.to_vec();
    failed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(failed, expected, "{how:?}: {report}");
}

macro_rules! caught {
    ($($test:ident: $sabotage:ident fails $checks:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            caught(Sabotage::$sabotage, &$checks).await;
        }
    )*};
}

caught! {
    a_blank_answer: AnswersNothing fails [
        "text/answer-has-text", "text/chat-is-answered", "text/calls-run-side-by-side",
        "text/stream-is-the-whole-answer"
    ];
    lost_usage: LosesUsage fails [
        "text/answer-reports-usage", "text/charge-is-known", "video/answer-reports-usage",
        "speech/answer-reports-usage"
    ];
    ignored_max_tokens: IgnoresMaxTokens fails [
        "text/max-tokens-bounds-the-answer", "text/stream-max-tokens-bounds-the-answer",
        "text/charge-is-within-the-estimate"
    ];
    answers_to_invalid_requests: AnswersInvalidRequests fails [
        "text/invalid-requests-are-not-sent", "text/every-problem-is-told"
    ];
    invalid_requests_that_seem_sent: CallsInvalidRequestsRefused fails [
        "text/invalid-requests-are-not-sent", "image/invalid-requests-are-not-sent",
        "video/invalid-requests-are-not-sent", "speech/invalid-requests-are-not-sent"
    ];
    errors_without_operation: ErrorsNameNothing fails [
        "text/errors-name-their-operation", "image/errors-name-their-operation",
        "video/errors-name-their-operation", "video/unknown-source-is-refused",
        "speech/errors-name-their-operation", "text/a-time-limit-gives-a-timeout",
        "image/a-time-limit-gives-a-timeout", "video/a-time-limit-gives-a-timeout",
        "speech/a-time-limit-gives-a-timeout"
    ];
    a_dropped_last_fragment: DropsTheLastFragment fails ["text/stream-is-the-whole-answer"];
    a_stream_without_usage: StreamLosesUsage fails [
        "text/stream-reports-usage", "text/stream-charge-is-known"
    ];
    a_stream_without_end: StreamNeverEnds fails [
        "text/stream-ends-once", "text/stream-deltas-are-the-answer", "text/stream-is-the-whole-answer",
        "text/stream-reports-usage", "text/stream-charge-is-known", "text/stream-max-tokens-bounds-the-answer",
        "text/streams-run-side-by-side", "text/a-stream-can-be-dropped"
    ];
    a_stream_of_another_operation: StreamNamesAnotherOperation fails ["text/stream-names-its-operation"];
    calls_that_get_in_each_others_way: AllowsFourAtOnce fails [
        "text/calls-run-side-by-side", "text/streams-run-side-by-side", "image/calls-run-side-by-side",
        "video/calls-run-side-by-side", "speech/calls-run-side-by-side", "text/answers-are-not-mixed-up",
        "image/calls-keep-their-own-metadata", "video/calls-keep-their-own-metadata",
        "speech/calls-keep-their-own-metadata"
    ];
    another_size: MakesAnotherSize fails ["image/size-is-as-asked"];
    another_format: MakesAnotherFormat fails ["image/format-is-as-asked"];
    a_forgotten_operation: ForgetsTheOperation fails [
        "image/metadata-is-kept", "video/metadata-is-kept", "video/extension-names-its-source",
        "speech/metadata-is-kept", "image/is-in-the-library", "video/is-in-the-library", "speech/is-in-the-library",
        "image/calls-keep-their-own-metadata", "video/calls-keep-their-own-metadata",
        "speech/calls-keep-their-own-metadata"
    ];
    a_wrong_price: ChargesAnotherPrice fails [
        "video/charge-is-the-price", "video/extension-names-its-source", "speech/long-text-costs-more"
    ];
    an_extension_that_does_not_say_so: ExtendsWithoutSaying fails ["video/extension-names-its-source"];
    an_extension_of_something_else: NamesAnotherSource fails ["video/extension-names-its-source"];
    an_unknown_source_that_may_be_billed: LeavesUnknownSourcesOpen fails ["video/unknown-source-is-refused"];
    another_voice: SpeaksWithAnotherVoice fails ["speech/voice-is-as-asked"];
    a_file_that_cannot_be_deleted: KeepsWhatWasDeleted fails [
        "library/delete-is-final", "image/is-in-the-library", "video/is-in-the-library", "speech/is-in-the-library"
    ];
    cut_files: CutsFiles fails [
        "library/open-gives-the-bytes", "library/an-upload-may-come-in-pieces", "library/uploads-run-side-by-side",
        "library/an-open-file-can-be-dropped", "library/update-keeps-the-rest", "image/is-in-the-library", "video/is-in-the-library",
        "speech/is-in-the-library"
    ];
    ignored_limits: IgnoresLimits fails ["library/find-lists-newest-first"];
    an_empty_page_as_an_error: FailsWhenNothingIsFound fails [
        "library/finding-nothing-is-no-error", "library/delete-is-final", "library/a-broken-upload-keeps-nothing",
        "library/update-moves-files"
    ];
    library_errors_with_a_price: LibraryErrorsMayBeBilled fails ["library/errors-cost-nothing"];
    a_field_that_comes_twice: AnswersWithAFieldTwice fails ["text/answer-survives-json"];
    one_problem_of_many: TellsOneProblem fails [
        "text/every-problem-is-told", "image/every-problem-is-told", "video/every-problem-is-told",
        "speech/every-problem-is-told"
    ];
    more_than_the_estimate: CountsTooMuch fails ["text/charge-is-within-the-estimate"];
    timeouts_that_seem_refused: CallsTimeoutsRefused fails [
        "text/a-time-limit-gives-a-timeout", "image/a-time-limit-gives-a-timeout",
        "video/a-time-limit-gives-a-timeout", "speech/a-time-limit-gives-a-timeout"
    ];
    progress_after_the_end: ReportsAfterTheEnd fails [
        "text/progress-is-in-order", "image/progress-is-in-order", "video/progress-is-in-order",
        "speech/progress-is-in-order"
    ];
    answers_of_others: MixesUpAnswers fails ["text/answers-are-not-mixed-up"];
    metadata_of_others: MixesUpMetadata fails [
        "image/calls-keep-their-own-metadata", "video/calls-keep-their-own-metadata",
        "speech/calls-keep-their-own-metadata"
    ];
    ignored_folders: IgnoresFolders fails ["library/find-finds-by-folder", "library/update-moves-files"];
    half_an_upload: KeepsBrokenUploads fails ["library/a-broken-upload-keeps-nothing"];
    the_first_piece: StoresTheFirstPiece fails ["library/an-upload-may-come-in-pieces"];
    forgotten_changes: ForgetsChanges fails [
        "library/update-changes-what-it-says", "library/update-replaces-metadata", "library/update-moves-files",
        "library/update-says-when"
    ];
    cleared_metadata: ClearsWhatIsNotNamed fails ["library/update-keeps-the-rest"];
    merged_metadata: MergesMetadata fails ["library/update-replaces-metadata"];
    a_file_that_cannot_be_moved: StaysInItsFolder fails ["library/update-moves-files"];
    a_change_without_a_moment: KeepsTheMoment fails ["library/update-says-when"];
    a_library_without_changes: ChangesNothing fails [];
}

/// Faults that spread further than it is worth listing: the check that is named for them is among those that fail.
async fn among(how: Sabotage, expected: &str) {
    let report = conformance::all(&Broken::generators(how)).await;
    assert!(report.failures().any(|check| check.name == expected), "{how:?}: {report}");
}

#[tokio::test(start_paused = true)]
async fn one_medium_for_all() {
    among(Sabotage::OverwritesTheMedium, "image/calls-run-side-by-side").await;
}

#[tokio::test(start_paused = true)]
async fn forgotten_metadata() {
    among(Sabotage::ForgetsTheUsersMetadata, "image/metadata-is-kept").await;
}

#[tokio::test(start_paused = true)]
async fn a_free_clip() {
    among(Sabotage::ChargesNothing, "video/charge-is-the-price").await;
}

#[tokio::test(start_paused = true)]
async fn a_block_after_a_dropped_stream() {
    among(Sabotage::BlocksAfterADroppedStream, "text/a-stream-can-be-dropped").await;
}

#[tokio::test(start_paused = true)]
async fn a_find_that_finds_everything() {
    among(Sabotage::FindsEverything, "library/find-finds-by-operation").await;
}
