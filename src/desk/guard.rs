//! Every request passes here: only this machine's own pages, only who came in by the token, and
//! every answer with the headers that keep a browser from doing more than it is told.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{session::Settings, state::Desk};

/// The visitor of a request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The session's identifier.
    pub session: String,
    /// Its settings at this moment.
    pub settings: Settings,
}

/// The session's cookie. Cookies are shared by all ports of a host: two desks in one browser must not
/// put each other out.
fn cookie_name(desk: &Desk) -> String {
    let port = desk.hosts[0].rsplit(':').next().unwrap_or_default();
    format!("dinhdanh-{port}")
}

const HEADERS: [(header::HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Lets a request through, or says why not in plain text: nothing of a run is in a refusal.
pub async fn guard(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let mut response = match admit(&desk, &request) {
        Err((status, reason)) => plain(status, reason),
        Ok(visit) => {
            desk.touch();
            if let Some(visit) = visit {
                request.extensions_mut().insert(visit);
            }
            desk.busy.fetch_add(1, Ordering::SeqCst);
            let response = next.run(request).await;
            desk.busy.fetch_sub(1, Ordering::SeqCst);
            response
        }
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

type Refused = (StatusCode, &'static str);

fn admit(desk: &Desk, request: &Request) -> Result<Option<Visit>, Refused> {
    let headers = request.headers();
    let host = single(headers, &header::HOST).unwrap_or_default();
    // A name that points here from outside (DNS rebinding) is not one of ours.
    if !desk.hosts.iter().any(|own| own == host) {
        return Err((StatusCode::MISDIRECTED_REQUEST, "This desk is at its own address only."));
    }
    let origin = headers.get(header::ORIGIN);
    let own_origin = origin.and_then(|origin| origin.to_str().ok()?.strip_prefix("http://")) == Some(host);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if (origin.is_some() || !reads) && !own_origin {
        return Err((StatusCode::FORBIDDEN, "The request comes from another page."));
    }
    let path = request.uri().path();
    if path == "/start" || path.starts_with("/static/") {
        return Ok(None);
    }
    let visit = session(headers, &cookie_name(desk)).and_then(|session| {
        let settings = desk.sessions.settings(&session)?;
        Some(Visit { session, settings })
    });
    let visit = visit.ok_or((
        StatusCode::FORBIDDEN,
        "Hãy mở lại bàn làm việc từ chương trình dinhdanh. / Please open the desk from the program again.",
    ))?;
    if desk.read_only && !reads && !path.starts_with("/settings") {
        return Err((StatusCode::FORBIDDEN, "Chỉ được xem. / Read only."));
    }
    Ok(Some(visit))
}

/// A header that is there once.
fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn session(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value.to_owned())
}

/// The cookie that names a session to its browser alone.
pub fn cookie(desk: &Desk, session: &str) -> String {
    format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", cookie_name(desk))
}

/// A refusal in plain words.
pub fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
