//! `POST …/ai/{image|video|video/extend|audio}`: calls that make a medium. They go on when their client leaves: what is made
//! is stored, settled and found in the library.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use cosmic_ai::{
    Call, Canonical, Client, Error, ErrorKind, ExtensionRequest, ImageRequest, ImageResponse, Media, MediaId,
    OperationConflict, RequestRef, SpeechRequest, SpeechResponse, Usage, VideoRequest, VideoResponse,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Accepted, count_charge, marked, to_the_end};
use crate::app::App;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::operation::shown;

/// A request for a medium.
pub(super) trait Make: Canonical + DeserializeOwned + Send + Sync + 'static {
    type Response: Serialize + Send;

    fn make(client: &Client, call: Call, request: &Self) -> impl Future<Output = Result<Self::Response, Error>> + Send;

    fn folder(&self) -> Option<&str>;

    /// The clip that is continued, if it is an extension.
    fn source(&self) -> Option<&MediaId> {
        None
    }

    /// The answer of which only the medium is left.
    fn of_medium(&self, media: Media) -> Self::Response;

    fn medium(response: &mut Self::Response) -> &mut Media;

    fn usage(response: &Self::Response) -> Option<&Usage>;
}

macro_rules! make {
    ($($request:ident: $response:ident by $method:ident, $of_medium:expr $(, from $source:ident)?;)*) => {$(
        impl Make for $request {
            type Response = $response;

            async fn make(client: &Client, call: Call, request: &Self) -> Result<$response, Error> {
                client.with(call).$method(request).await
            }

            fn folder(&self) -> Option<&str> {
                self.folder.as_deref()
            }

            $(fn source(&self) -> Option<&MediaId> {
                Some(&self.$source)
            })?

            fn of_medium(&self, media: Media) -> $response {
                $of_medium(self, media)
            }

            fn medium(response: &mut $response) -> &mut Media {
                &mut response.media
            }

            fn usage(response: &$response) -> Option<&Usage> {
                response.usage.as_ref()
            }
        }
    )*};
}

make! {
    ImageRequest: ImageResponse by generate_image, |_, media| ImageResponse::new(media);
    VideoRequest: VideoResponse by generate_video, |_, media| VideoResponse::new(media);
    ExtensionRequest: VideoResponse by extend_video,
        |request: &ExtensionRequest, media| VideoResponse::new(media).extending(request.media_id.clone()),
        from media_id;
    SpeechRequest: SpeechResponse by generate_speech, |_, media| SpeechResponse::new(media);
}

/// Makes a medium.
pub(super) async fn make<R: Make>(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError>
where
    for<'r> &'r R: Into<RequestRef<'r>>,
{
    let accepted = Accepted::<R>::of(&app, &slug, &headers, body).await?;
    if !accepted.is_replayed {
        accepted.bucket.shelf.check(accepted.request.folder(), accepted.request.source()).await?;
    }
    let shared = app.clone();
    to_the_end(&app, async move {
        let answered = R::make(accepted.client(), accepted.operation.call(&shared), &accepted.request).await;
        let bucket = &accepted.bucket;
        let mut response = match answered {
            Ok(response) => response,
            Err(error) => match kept_medium(bucket, &error).await {
                Some(media) => return Ok(marked(Json(accepted.request.of_medium(media)), accepted.is_replayed)),
                None => return Err(ApiError::of_call(&error, &shared.registry, &accepted.request)),
            },
        };
        if !accepted.is_replayed {
            count_charge(&shared, &accepted.request, R::usage(&response));
        }
        let medium = R::medium(&mut response);
        // As it is now: what the ledger has of it may be old, and less.
        let now = if accepted.is_replayed { bucket.shelf.get(&medium.id).await.ok() } else { None };
        *medium = match (now, &shared.keep, &bucket.copies) {
            (Some(now), ..) => now,
            (None, Some(keeper), Some(copies)) if !accepted.is_replayed => {
                shown(keeper.keep(copies, medium.clone()).await)
            }
            (None, ..) => shown(medium.clone()),
        };
        Ok(marked(Json(response), accepted.is_replayed))
    })
    .await
}

/// The medium of an operation that is done, though its answer is not kept, as the API shows it.
async fn kept_medium(bucket: &Bucket, error: &Error) -> Option<Media> {
    let ErrorKind::Operation(OperationConflict::Done { .. }) = error.kind() else { return None };
    bucket.shelf.get(error.media_id()?).await.ok()
}
