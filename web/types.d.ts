/** What a page says of its chat; all but the first have defaults (chat.js). */
interface ChatConfig {
  /** Your login's JWT, asked for each time a session opens; null: nobody is signed in. */
  getIdentityToken: () => Promise<string | null>;
  /** Shows your login; done (or resolved) when the person is back, or it leaves the page. */
  signIn?: () => unknown;
  /** Where the backend is, without a slash at its end; by default where the page is. */
  apiUrl?: string;
  /** Your domain's key, from OpenAI's domain allowlist; any text for localhost. */
  domainKey?: string;
  /** OpenAI's element, or the one in open-chatkit/. */
  client?: Client;
  /** Gets what the widget tells of itself: ready, errors, its diagnostic events. */
  log?: (name: string, detail?: unknown) => void;
}

/** `root` has the markup of index.html. */
type MountChat = (
  root: HTMLElement,
  config: ChatConfig,
) => {
  /** Takes the focus, as soon as there is a chat to have it. */
  focus: () => void;
  /** Ends the session and forgets every draft, for a sign-out. */
  end: () => void;
};

type Client = 'official' | 'open';
type Failure = import('./failures.js').Failure;
/** What is written and not sent can be had of our own element alone. */
type Widget = import('@openai/chatkit').OpenAIChatKit & {
  composerValue?: string;
  /** The server refused a message after the element had left the page. */
  addEventListener(
    name: 'open-chatkit.unsent',
    listener: (event: CustomEvent<{ text: string }>) => void,
  ): void;
};
type Fetch = typeof fetch;
type Scheme = 'light' | 'dark';

/** The notices that the markup holds, by `data-kind`. */
type Kind =
  | 'blocked' // the script cannot be had
  | 'undefined' // it came, the element did not
  | 'silent' // the element is there and never ready
  | 'faulty' // the element reports an error
  | 'missing' // not even our own element can be had
  | 'signed-out'
  | 'refused'
  | 'gone'
  | 'busy'
  | 'limited'
  | 'invalid'
  | 'server'
  | 'unreachable'
  | 'cors'
  | 'offline'
  | 'online' // again
  | 'storage';

/** What POST /api/chatkit/session answers; `expires_at` in seconds, by the service's clock. */
interface OpenSession {
  client_secret: string;
  expires_at: number;
  user: string;
}

/** The client_secret as long as it holds; `get` and `fetch` throw a Failure. */
interface Session {
  /** The session of now, other than a refused one; opened when there is none. */
  get(refused?: OpenSession): Promise<OpenSession>;
  /** A request in its name, and once more in a new one's where it was refused. */
  fetch(url: RequestInfo | URL, request: RequestInit): Promise<Response>;
  /** Ends it at the service too. */
  end(): void;
}

/** What the widget's options are made of. */
interface Wanted {
  apiUrl: string;
  domainKey: string;
  fetch: Fetch;
  thread: string | null;
  scheme: Scheme;
  greeting?: string;
  placeholder?: string;
}

type WidgetOptions = (wanted: Wanted) => import('@openai/chatkit').ChatKitOptions;

/** Small texts that outlive a reload, or the page alone where the browser keeps nothing. */
interface Kept {
  blocked: boolean;
  get(key: string): string | null;
  set(key: string, text: string | null): void;
  /** Removes every text whose key starts so, but the spared one. */
  forget(start: string, spared?: string): void;
}

/** What the widget's fetch tells the chat. */
interface Listener {
  /** Whether the widget is still in the page: one that is taken away aborts without a wish. */
  mounted: () => boolean;
  answered: (turn: string) => void;
  failed: (failure: Failure) => void;
  /** Whether nobody but this listener shows a failure: the widget gets one without words. */
  alone?: boolean;
}

type CreateApiFetch = (cancelUrl: string, session: Session, listener: Listener) => Fetch;

type CreateSession = (url: string, getIdentityToken: () => Promise<string | null>) => Session;

type Signed = (token: string, url: RequestInfo | URL, request: RequestInit) => Promise<Response>;

/** What each button of the markup does, by its `data-act`. */
type Acts = Record<string, (pressed: HTMLButtonElement) => unknown>;

type CreateTheme = (
  kept: Kept,
  changed: () => void,
) => {
  scheme: () => Scheme;
  toggle: () => void;
};
