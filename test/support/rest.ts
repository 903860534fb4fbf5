// A small REST client for tests: sends JSON with a token, gives back status, headers and the parsed body.
export interface RestAnswer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** Anything a failure or success may contain; tests say what they expect. */
export type Json = Record<string, unknown>;

export interface RestRequest {
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
}

/** A client of one service. */
export function restClient(url: string) {
  const call = async <T = Json>(method: string, path: string, request: RestRequest = {}): Promise<RestAnswer<T>> => {
    const { token, body } = request;
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    };
    const sent = body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, { method, headers, body: sent });
    const text = await response.text();
    const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : { text }) as T };
  };
  return {
    get: <T = Json>(path: string, request?: RestRequest) => call<T>('GET', path, request),
    delete: <T = Json>(path: string, request?: RestRequest) => call<T>('DELETE', path, request),
    post: <T = Json>(path: string, request?: RestRequest) => call<T>('POST', path, request),
    put: <T = Json>(path: string, request?: RestRequest) => call<T>('PUT', path, request),
    patch: <T = Json>(path: string, request?: RestRequest) => call<T>('PATCH', path, request),
  };
}
