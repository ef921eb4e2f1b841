/**
 * The ChatKit protocol as this client reads it.
 *
 * Source: chatkit.types of the Python package openai-chatkit 1.6.5. These types
 * name only the fields that the client shows; it ignores all others.
 */
import type { ChatKitEvents, ChatKitOptions } from '@openai/chatkit';

export type Options = ChatKitOptions;

/** Dispatches an event to the page, as the vendor's element does. */
export type Emit = <K extends keyof ChatKitEvents>(
  name: K,
  ...detail: ChatKitEvents[K] extends CustomEvent<void> ? [] : [ChatKitEvents[K]['detail']]
) => void;

export type Page<T> = { data: T[]; has_more?: boolean; after?: string | null };

export type ThreadStatus =
  { type: 'active' } | { type: 'locked' | 'closed'; reason?: string | null };

export type Thread = {
  id: string;
  title?: string | null;
  created_at: string;
  status?: ThreadStatus;
};

export type Source = {
  type: 'url' | 'file' | 'entity';
  title: string;
  url?: string;
  filename?: string;
  attribution?: string | null;
};

export type Annotation = { type: 'annotation'; source: Source; index?: number | null };

export type TextPart = { type: 'output_text'; text: string; annotations: Annotation[] };

export type UserPart = {
  type: 'input_text' | 'input_tag';
  text: string;
  id?: string;
  group?: string | null;
  interactive?: boolean;
  data?: Record<string, unknown>;
};

/** A file of a user's message. Images have a `preview_url`. */
export type Attachment = {
  type: 'file' | 'image';
  id: string;
  name: string;
  mime_type: string;
  preview_url?: string;
};

/** The response of `attachments.create`: where to send the file's bytes. */
export type CreatedAttachment = Attachment & {
  upload_descriptor?: { url: string; method: string; headers?: Record<string, string> } | null;
};

/** What `sendUserMessage` takes. */
export type Message = Parameters<import('@openai/chatkit').OpenAIChatKit['sendUserMessage']>[0];

export type TaskStatus = 'none' | 'loading' | 'complete';

export type Task = {
  type: 'custom' | 'web_search' | 'thought' | 'file' | 'image';
  title?: string | null;
  title_query?: string | null;
  content?: string | null;
  queries?: string[];
  sources?: Source[];
  status_indicator?: TaskStatus;
};

export type Workflow = {
  type: 'custom' | 'reasoning';
  tasks: Task[];
  summary?: { title?: string; duration?: number } | null;
  expanded?: boolean;
};

export type Action = {
  type: string;
  payload?: Record<string, unknown>;
  handler?: 'client' | 'server';
};

/** A choice of a select or a radio group in a widget. */
export type WidgetOption = { value: string; label: string; disabled?: boolean };

/** A component of a widget. The vendor defines about thirty kinds; most are rendered here. */
export type WidgetNode = {
  type: string;
  id?: string;
  name?: string;
  fieldName?: string;
  inputType?: string;
  defaultValue?: unknown;
  defaultChecked?: boolean;
  placeholder?: string;
  ariaLabel?: string;
  options?: WidgetOption[];
  required?: boolean;
  pattern?: string;
  rows?: number;
  minLines?: number;
  min?: string;
  max?: string;
  clearable?: boolean;
  submit?: boolean;
  asForm?: boolean;
  onSubmitAction?: Action;
  onChangeAction?: Action;
  editable?: false | Partial<WidgetNode>;
  value?: unknown;
  label?: unknown;
  title?: unknown;
  text?: unknown;
  alt?: unknown;
  children?: WidgetNode[] | WidgetNode;
  status?: { text: string };
  confirm?: { label: string; action: Action };
  cancel?: { label: string; action: Action };
  onClickAction?: Action;
  disabled?: boolean;
  color?: unknown;
  lineThrough?: boolean;
  weight?: string;
  style?: string;
  streaming?: boolean;
};

type ItemBase = { id: string; thread_id?: string; created_at?: string };

export type UserMessage = ItemBase & {
  type: 'user_message';
  content: UserPart[];
  quoted_text?: string | null;
  attachments?: Attachment[];
};
export type AssistantMessage = ItemBase & { type: 'assistant_message'; content: TextPart[] };
export type WorkflowItem = ItemBase & { type: 'workflow'; workflow: Workflow };
export type TaskItem = ItemBase & { type: 'task'; task: Task };
export type WidgetItem = ItemBase & {
  type: 'widget';
  widget: WidgetNode;
  copy_text?: string | null;
};
export type ToolCallItem = ItemBase & {
  type: 'client_tool_call';
  thread_id: string;
  status: 'pending' | 'completed';
  name: string;
  arguments: Record<string, unknown>;
};
export type ImageItem = ItemBase & {
  type: 'generated_image';
  image?: { id: string; url: string } | null;
  /** From 0 to 1, while the image is generated. */
  progress?: number | null;
};
export type Question = {
  type: 'multiple_choice' | 'freeform';
  id: string;
  question: string;
  description?: string | null;
  options?: { value: string }[];
  multiple?: boolean;
  answer?: { values?: string[] } | null;
};
export type QuestionItem = ItemBase & {
  type: 'structured_input';
  status: 'pending' | 'answered' | 'skipped';
  inputs: Question[];
};
/** What the person answers to a `QuestionItem`, by the id of each question. */
export type Submission = {
  status: 'answered' | 'skipped';
  answers: Record<string, { values: string[]; skipped: boolean }>;
};
/** The end of a complete answer. Only our service says which feedback it has. */
export type EndItem = ItemBase & {
  type: 'end_of_turn';
  thread_id: string;
  feedback?: 'positive' | 'negative' | null;
};
export type HiddenItem = ItemBase & { type: 'hidden_context_item' | 'sdk_hidden_context' };

export type Item =
  | UserMessage
  | AssistantMessage
  | WorkflowItem
  | TaskItem
  | WidgetItem
  | ToolCallItem
  | ImageItem
  | QuestionItem
  | EndItem
  | HiddenItem;

export type ItemUpdate =
  | { type: 'assistant_message.content_part.added'; content_index: number; content: TextPart }
  | { type: 'assistant_message.content_part.text_delta'; content_index: number; delta: string }
  | {
      type: 'assistant_message.content_part.annotation_added';
      content_index: number;
      annotation_index: number;
      annotation: Annotation;
    }
  | { type: 'assistant_message.content_part.done'; content_index: number; content: TextPart }
  | {
      type: 'widget.streaming_text.value_delta';
      component_id: string;
      delta: string;
      done: boolean;
    }
  | { type: 'widget.root.updated'; widget: WidgetNode }
  | { type: 'widget.component.updated'; component_id: string; component: WidgetNode }
  | { type: 'workflow.task.added'; task_index: number; task: Task }
  | { type: 'workflow.task.updated'; task_index: number; task: Task }
  | {
      type: 'generated_image.updated';
      image: { id: string; url: string };
      progress?: number | null;
    };

export type Notice = {
  level: 'info' | 'warning' | 'danger';
  message: string;
  title?: string | null;
};

export type StreamEvent =
  | { type: 'thread.created' | 'thread.updated'; thread: Thread }
  | { type: 'thread.item.added' | 'thread.item.done' | 'thread.item.replaced'; item: Item }
  | { type: 'thread.item.updated'; item_id: string; update: ItemUpdate }
  | { type: 'thread.item.removed'; item_id: string }
  | { type: 'stream_options'; stream_options: { allow_cancel: boolean } }
  | { type: 'progress_update'; text: string }
  | { type: 'client_effect'; name: string; data?: Record<string, unknown> }
  | { type: 'error'; code?: string; message?: string | null; allow_retry?: boolean }
  | ({ type: 'notice' } & Notice);

export type UserInput = {
  content: UserPart[];
  attachments: string[];
  quoted_text?: string;
  inference_options: { model?: string; tool_choice?: { id: string } };
};

/** A failure and the next steps it offers. */
export type Failure = { message: string; steps: ('retry' | 'check' | 'reload' | 'run')[] };
