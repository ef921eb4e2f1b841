"""What the assistant does about tasks, turn by turn."""

from tests.local_stack.model.chat import Chat


def test_a_task_is_added_and_listed() -> None:
    chat = Chat()
    assert chat.say("Add a task to buy groceries") == ('I have added "buy groceries" to your list.')
    assert chat.say("What is on my list?") == "You have 1 task: buy groceries."


def test_a_list_names_every_task_and_its_state() -> None:
    chat = Chat("buy groceries", "call mum")
    chat.say("Mark call mum as done")
    assert chat.say("Show my tasks") == "You have 2 tasks: buy groceries and call mum (done)."


def test_an_empty_list_is_called_empty() -> None:
    assert Chat().say("What is on my list?") == "Your list is empty."


def test_independent_additions_share_a_step_and_the_list_waits_for_them() -> None:
    chat = Chat()
    text = chat.say("Add a task to buy groceries and add a task to call mum, then show my list")
    assert chat.steps == [["add_task", "add_task"], ["list_tasks"]]
    assert text == (
        'I have added "buy groceries" and "call mum" to your list.'
        " You have 2 tasks: buy groceries and call mum."
    )


def test_a_change_looks_the_task_up_first() -> None:
    chat = Chat("buy groceries")
    assert chat.say("Mark Buy Groceries as done") == 'I have marked "buy groceries" as done.'
    assert chat.steps == [["list_tasks"], ["complete_task"]]
    assert chat.tasks["1"]["done"]


def test_a_task_that_was_done_is_reopened() -> None:
    chat = Chat("buy groceries")
    chat.say("Mark buy groceries as done")
    assert chat.say("Mark it as not done") == 'I have reopened "buy groceries".'
    assert not chat.tasks["1"]["done"]


def test_a_task_is_deleted() -> None:
    chat = Chat("buy groceries", "call mum")
    assert chat.say("Delete buy groceries") == 'I have deleted "buy groceries".'
    assert chat.titles == ["call mum"]


def test_a_task_is_renamed() -> None:
    chat = Chat("buy milk")
    text = chat.say("Rename buy milk to buy oat milk")
    assert text == 'I have renamed "buy milk" to "buy oat milk".'
    assert chat.titles == ["buy oat milk"]


def test_a_rename_is_read_in_the_way_that_fits_the_list() -> None:
    chat = Chat("talk to mum")
    chat.say("Rename talk to mum to talk to dad")
    assert chat.titles == ["talk to dad"]


def test_an_exact_title_wins_over_a_part_of_another() -> None:
    chat = Chat("buy milk", "buy milk and eggs")
    chat.say("Delete buy milk")
    assert chat.titles == ["buy milk and eggs"]


def test_a_part_of_a_title_is_enough_when_it_fits_one() -> None:
    chat = Chat("buy groceries", "call mum")
    chat.say("Delete groceries")
    assert chat.titles == ["call mum"]


def test_half_a_word_of_a_title_names_no_task() -> None:
    chat = Chat("buy milkshakes")
    assert chat.say("Delete milk") == (
        'I could not find a task called "milk". Your list has "buy milkshakes".'
    )
    assert chat.titles == ["buy milkshakes"]


def test_the_words_of_a_title_may_stand_apart_in_it() -> None:
    chat = Chat("buy oat milk", "buy oat bars")
    chat.say("Delete buy milk")
    assert chat.titles == ["buy oat bars"]


def test_a_part_of_two_titles_is_not_clear_even_when_one_of_them_is_done() -> None:
    chat = Chat("buy milk", "buy bread")
    chat.say("Mark buy milk as done")
    assert chat.say("Delete buy").startswith('Which task do you mean by "buy"')


def test_of_two_with_the_same_title_the_one_that_is_open_is_meant() -> None:
    chat = Chat("buy milk", "buy milk")
    chat.tasks["1"]["done"] = True
    chat.say("Delete buy milk")
    assert list(chat.tasks) == ["1"]


def test_several_fitting_tasks_are_named_and_none_is_touched() -> None:
    chat = Chat("buy milk", "buy bread")
    assert chat.say("Delete buy") == ('Which task do you mean by "buy": "buy milk" or "buy bread"?')
    assert chat.titles == ["buy milk", "buy bread"]


def test_a_missing_task_is_said_to_be_missing_and_the_others_are_named() -> None:
    assert Chat("call mum").say("Complete buy milk") == (
        'I could not find a task called "buy milk". Your list has "call mum".'
    )


def test_on_an_empty_list_nothing_is_looked_for() -> None:
    assert Chat().say("Mark the first one as done") == "Your list is empty."


def test_several_tasks_can_be_completed_in_one_sentence() -> None:
    chat = Chat("buy milk", "call mum")
    text = chat.say("Mark buy milk and call mum as done")
    assert text == 'I have marked "buy milk" and "call mum" as done.'
    assert chat.steps == [["list_tasks"], ["complete_task", "complete_task"]]


def test_everything_can_be_deleted() -> None:
    chat = Chat("buy milk", "call mum")
    chat.say("Delete all my tasks")
    assert chat.titles == []


def test_a_task_added_in_the_same_message_can_be_changed() -> None:
    chat = Chat()
    chat.say("Add a task to buy milk and mark it as done")
    assert list(chat.tasks.values()) == [{"title": "buy milk", "done": True}]


def test_it_means_the_task_named_last() -> None:
    chat = Chat("call mum")
    chat.say("Add a task to buy groceries")
    chat.say("Thanks!")
    chat.say("Please delete it")
    assert chat.titles == ["call mum"]


def test_the_list_is_read_anew_after_a_change() -> None:
    chat = Chat("buy milk")
    text = chat.say("Show my list. Delete buy milk. Show my list.")
    assert chat.steps == [["list_tasks"], ["delete_task"], ["list_tasks"]]
    assert text.endswith("Your list is empty.")
