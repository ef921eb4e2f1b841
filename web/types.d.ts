/** A page's settings for its chat. All but the first have defaults (chat.js). */
interface ChatConfig {
  /** Return your login's JWT, or null if no user is signed in. Called each time a session opens. */
  getIdentityToken: () => Promise<string | null>;
  /** Show your login. Resolve when the user has signed in, or leave the page. */
  signIn?: () => unknown;
  /** The backend's address without a trailing slash; the page's own origin by default. */
  apiUrl?: string;
  /** Your domain's key, from OpenAI's domain allowlist; any text for localhost. */
  domainKey?: string;
  /** OpenAI's element, or the one in open-chatkit/. */
  client?: Client;
  /**
   * Run a tool of the page for the assistant, and return its result as JSON. The assistant reads
   * the message of an error that is thrown.
   */
  onClientTool?: OnClientTool;
  /** Receives the widget's own events: ready, errors and diagnostics. */
  log?: (name: string, detail?: unknown) => void;
}

/** `root` has the markup of index.html. */
type MountChat = (
  root: HTMLElement,
  config: ChatConfig,
) => {
  /** Move the focus to the composer as soon as the chat is ready. */
  focus: () => void;
  /** End the session and delete all drafts, for a sign-out. */
  end: () => void;
};

type Client = 'official' | 'open';
type OnClientTool = NonNullable<import('@openai/chatkit').ChatKitOptions['onClientTool']>;
type Failure = import('./failures.js').Failure;
/** Only our own element gives access to an unsent draft. */
type Widget = import('@openai/chatkit').OpenAIChatKit & {
  composerValue?: string;
  /** The server refused a message after the element was removed from the page. */
  addEventListener(
    name: 'open-chatkit.unsent',
    listener: (event: CustomEvent<{ text: string }>) => void,
  ): void;
};
type Fetch = typeof fetch;
type Scheme = 'light' | 'dark';

/** The notices in the markup, by `data-kind`. */
type Kind =
  | 'blocked' // the script did not load
  | 'undefined' // the script loaded but did not define the element
  | 'silent' // the element never becomes ready
  | 'faulty' // the element reports an error
  | 'missing' // our own element did not load either
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
  | 'online' // online again
  | 'storage';

/** The response of POST /api/chatkit/session. `expires_at` is in seconds, by the service's clock. */
interface OpenSession {
  client_secret: string;
  expires_at: number;
  user: string;
}

/** Keeps a valid client_secret. `get` and `fetch` throw a Failure. */
interface Session {
  /** Return the current session. Open a new one if there is none or it is the refused one. */
  get(refused?: OpenSession): Promise<OpenSession>;
  /** Send a request with the session's secret. After a 401, send it once more with a new one. */
  fetch(url: RequestInfo | URL, request: RequestInit): Promise<Response>;
  /** End the session at the service. */
  end(): void;
}

/** The values that the widget's options depend on. */
interface WidgetSettings {
  apiUrl: string;
  domainKey: string;
  fetch: Fetch;
  thread: string | null;
  scheme: Scheme;
  onClientTool?: OnClientTool;
  offers: Partial<Pick<import('@openai/chatkit').ChatKitOptions, 'composer' | 'entities'>>;
  greeting?: string;
  placeholder?: string;
}

type WidgetOptions = (settings: WidgetSettings) => import('@openai/chatkit').ChatKitOptions;

/** Short texts that survive a reload, or only last as long as the page if storage is blocked. */
interface TextStorage {
  blocked: boolean;
  get(key: string): string | null;
  set(key: string, text: string | null): void;
  /** Remove every text whose key has this prefix, except one. */
  forget(prefix: string, except?: string): void;
}

/** What the widget's fetch calls in the chat. */
interface FetchListener {
  /** Whether the widget is still in the page. A removed widget aborts without a user's stop. */
  mounted: () => boolean;
  answered: (turn: string) => void;
  failed: (failure: Failure) => void;
  /** Give the widget an error without a message, because this listener shows the failure. */
  hideText?: boolean;
}

type CreateApiFetch = (cancelUrl: string, session: Session, listener: FetchListener) => Fetch;

type CreateSession = (url: string, getIdentityToken: () => Promise<string | null>) => Session;

/** The response of GET /chatkit/offers. An older service may lack fields. */
interface Offers {
  attachments?: { accept: Record<string, string[]>; max_size: number; max_count: number } | null;
  dictation?: boolean;
  models?: import('@openai/chatkit').ModelOption[];
  tools?: (Pick<import('@openai/chatkit').ToolOption, 'id' | 'label'> & {
    icon?: import('@openai/chatkit').ChatKitIcon;
    placeholder_override?: string;
    pinned?: boolean;
    persistent?: boolean;
  })[];
  entities?: boolean;
}

type LoadOffers = (apiUrl: string, session: Session) => Promise<WidgetSettings['offers']>;

type Signed = (token: string, url: RequestInfo | URL, request: RequestInit) => Promise<Response>;

/** What each button of the markup does, by its `data-act`. */
type Actions = Record<string, (button: HTMLButtonElement) => unknown>;

type CreateTheme = (
  storage: TextStorage,
  changed: () => void,
) => {
  scheme: () => Scheme;
  toggle: () => void;
};
