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
use serde_json::Value;

use super::call::{Accepted, count_charge, generated, marked, to_the_end};
use crate::app::App;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::keep::kept;
use crate::operation::{mark, shown};
use crate::shelf::Shelf;

/// A request for a medium.
pub(super) trait Make: Canonical + DeserializeOwned + Send + Sync + 'static {
    type Response: Serialize + Send;

    fn make(client: &Client, call: Call, request: &Self) -> impl Future<Output = Result<Self::Response, Error>> + Send;

    fn folder(&self) -> Option<&str>;

    fn metadata(&mut self) -> &mut Option<Value>;

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

            fn metadata(&mut self) -> &mut Option<Value> {
                &mut self.metadata
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
    let mut accepted = Accepted::<R>::of(&app, &slug, &headers, body).await?;
    if let Shelf::Elsewhere { .. } = accepted.bucket.shelf {
        mark(accepted.request.metadata(), &accepted.bucket.slug);
    }
    if !accepted.is_answered(&app).await {
        accepted.bucket.shelf.check(accepted.request.folder(), accepted.request.source()).await?;
    }
    let shared = app.clone();
    to_the_end(&app, async move {
        let call = accepted.call(&shared);
        let answered = generated(&shared, R::make(accepted.client(), call, &accepted.request)).await?;
        let bucket = &accepted.bucket;
        let mut response = match answered {
            Ok(response) => response,
            Err(error) => match kept_medium(&shared, bucket, &error).await {
                Some(media) => return Ok(marked(Json(accepted.request.of_medium(media)), true)),
                None => return Err(ApiError::of_call(&error, bucket, &shared.registry, &accepted.request)),
            },
        };
        let is_replayed = accepted.is_replayed();
        if !is_replayed {
            count_charge(&shared, &accepted.request, R::usage(&response));
        }
        let medium = R::medium(&mut response);
        *medium = shown(if is_replayed {
            as_it_is_now(&shared, bucket, medium).await
        } else {
            kept(&shared, bucket, medium.clone()).await
        });
        Ok(marked(Json(response), is_replayed))
    })
    .await
}

/// A medium that was made before, as it is now: what the ledger has of it may be old, and less. What the library does not give
/// is as the ledger has it, and is not copied: it may have been deleted since.
async fn as_it_is_now(app: &App, bucket: &Bucket, medium: &Media) -> Media {
    match bucket.shelf.library().get(&medium.id).await {
        Ok(found) => kept(app, bucket, found).await,
        Err(_) => medium.clone(),
    }
}

/// The medium of an operation that is done, though its answer is not kept, as the API shows it.
async fn kept_medium(app: &App, bucket: &Bucket, error: &Error) -> Option<Media> {
    let ErrorKind::Operation(OperationConflict::Done { .. }) = error.kind() else { return None };
    let found = bucket.shelf.library().get(error.media_id()?).await.ok()?;
    Some(shown(kept(app, bucket, found).await))
}
