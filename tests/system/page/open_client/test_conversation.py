"""The open client with the running service, as a user sees them."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.system.e2e.gated_model import Words
from tests.system.page.open_client.chat import Chat

type SignIn = Callable[..., Chat]
HELLO = "Hello! How can I help you with your tasks?"


def test_each_word_is_shown_before_the_next_is_generated(
    sign_in: SignIn, user: str, words: Words
) -> None:
    chat = sign_in(user)
    words.only(1)
    chat.send("Hello")
    expect(chat.user_messages).to_have_text("Hello")
    expect(chat.answers).to_have_text("Hello!")
    for so_far in ("Hello! How", "Hello! How can"):
        words.only(1)
        expect(chat.answers).to_have_text(so_far)
    expect(chat.button("Stop")).to_be_enabled()
    words.all()
    expect(chat.answers).to_have_text(HELLO)
    chat.expect_idle()


def test_stop_keeps_the_answer_so_far(sign_in: SignIn, user: str, words: Words) -> None:
    chat = sign_in(user)
    words.only(2)
    chat.send("Hello")
    expect(chat.answers).to_have_text("Hello! How")
    chat.button("Stop").click()
    chat.expect_idle()
    expect(chat.answers).to_have_text("Hello! How")
    expect(chat.alert).to_have_count(0)
    expect(chat.composer).to_be_focused()


def test_answer_can_use_tools(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user)
    chat.ask("Add a task to buy groceries")
    expect(chat.answers).to_have_text('I have added "buy groceries" to your list.')
    chat.ask("What is on my list?")
    expect(chat.answers.last).to_have_text("You have 1 task: buy groceries.")


def test_reload_keeps_the_thread(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user)
    chat.ask("Hello")
    chat.page.reload()
    chat.page.evaluate("(user) => host.signIn(user)", user)
    expect(chat.user_messages).to_have_text("Hello")
    expect(chat.answers).to_have_text(HELLO)
    chat.ask("What did I just say?")
    expect(chat.user_messages).to_have_count(2)


def test_new_chat_is_empty_and_the_old_one_is_in_the_history(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user)
    chat.ask("Hello")
    chat.button("New chat").click()
    expect(chat.user_messages).to_have_count(0)
    expect(chat.composer).to_be_focused()
    chat.ask("My name is Ada")
    chat.button("Chats").click()
    expect(chat.history.get_by_role("listitem")).to_have_count(2)
    chat.history.get_by_role("listitem").last.get_by_role("button").first.click()
    expect(chat.user_messages).to_have_text("Hello")


def test_renamed_chat_keeps_its_name(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user)
    chat.ask("Hello")
    chat.button("Chats").click()
    chat.history.get_by_role("button", name="Rename").click()
    chat.page.get_by_role("textbox", name="Chat name").fill("Groceries & more")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Rename Groceries & more")).to_be_visible()
    expect(chat.page.get_by_role("heading", name="Groceries & more")).to_be_visible()
    chat.page.reload()
    chat.page.evaluate("(user) => host.signIn(user)", user)
    expect(chat.page.get_by_role("heading", name="Groceries & more")).to_be_visible()


def test_chat_is_deleted_after_confirmation(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user)
    chat.ask("Hello")
    chat.button("Chats").click()
    chat.history.get_by_role("button", name="Delete").click()
    expect(chat.button("Cancel")).to_be_focused()
    chat.button("Delete").click()
    expect(chat.history).to_contain_text("There are no chats yet.")
    expect(chat.user_messages).to_have_count(0)
    assert chat.dispatched("chatkit.thread.change")[-1] == {"threadId": None}


def test_two_users_see_only_their_own_chats(sign_in: SignIn, user: str) -> None:
    one, other = sign_in(f"{user}-a"), sign_in(f"{user}-b")
    one.send("My name is Ada")
    other.send("My name is Grace")
    expect(one.answers).to_have_text("Nice to meet you, Ada!")
    expect(other.answers).to_have_text("Nice to meet you, Grace!")
    for chat, text in ((one, "My name is Ada"), (other, "My name is Grace")):
        chat.expect_idle()
        chat.button("Chats").click()
        expect(chat.history.get_by_role("listitem")).to_have_count(1)
        expect(chat.user_messages).to_have_text(text)


def test_last_message_can_be_answered_again(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user, threadItemActions={"retry": True})
    chat.ask("Hello")
    chat.button("Answer again").click()
    expect(chat.button("Answer again")).to_be_visible()
    expect(chat.user_messages).to_have_count(1)
    expect(chat.answers).to_have_text([HELLO])
    chat.call("fetchUpdates")
    expect(chat.answers).to_have_text([HELLO])


def test_answer_again_warns_that_tools_may_run_again(sign_in: SignIn, user: str) -> None:
    chat = sign_in(user, threadItemActions={"retry": True})
    chat.ask("Hello")
    expect(chat.button("Answer again")).to_have_accessible_description("")
    chat.ask("Add a task to buy milk")
    warning = "Tools may run again. Their earlier changes stay."
    expect(chat.button("Answer again")).to_have_accessible_description(warning)
    expect(chat.page.get_by_text(warning)).to_be_visible()


def test_answer_is_finished_while_the_chat_is_closed(
    sign_in: SignIn, user: str, words: Words
) -> None:
    chat = sign_in(user)
    words.only(2)
    chat.send("Hello")
    expect(chat.answers).to_have_text("Hello! How")
    [thread] = [each["threadId"] for each in chat.dispatched("chatkit.thread.change")]
    chat.button("New chat").click()
    words.all()
    chat.ask("My name is Ada")
    chat.call("setThreadId", thread)
    expect(chat.answers).to_have_text(HELLO)
