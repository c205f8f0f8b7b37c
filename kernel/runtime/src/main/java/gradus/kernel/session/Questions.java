package gradus.kernel.session;

import gradus.kernel.Log;
import gradus.kernel.wire.Message;
import gradus.kernel.wire.Sockets;
import gradus.kernel.wire.Sockets.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What cells have asked the reader, and wait to be told; several may wait at once. */
final class Questions {

    private record Question(String id, CompletableFuture<String> answer) {
    }

    private static final Log LOG = new Log(Questions.class);

    private final Sockets sockets;
    private final Deque<Question> open = new ArrayDeque<>();   // the newest first

    Questions(Sockets sockets) {
        this.sockets = sockets;
    }

    /** Asks whoever sent this request, and waits for the answer. */
    String ask(Message request, String prompt, boolean hidden) {
        if (!request.content().path("allow_stdin").asBoolean(true)) {
            throw new IllegalStateException("the cell asks for input, but this front end cannot answer; "
                    + "run it where somebody can type");
        }
        var message = request.reply("input_request", Json.object().put("prompt", prompt).put("password", hidden));
        var question = new Question(message.header().path("msg_id").asText(), new CompletableFuture<>());
        synchronized (open) {
            open.addFirst(question);
        }
        sockets.send(Channel.STDIN, message);
        try {
            return question.answer().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for input", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("there is no answer to \"" + prompt + "\"", e.getCause());
        } finally {
            synchronized (open) {
                open.remove(question);
            }
        }
    }

    /** An answer has come. Some clients do not say to which question: then it is to the newest. */
    void answered(Message reply) {
        var id = reply.parent().path("msg_id").asText();
        synchronized (open) {
            open.stream().filter(question -> id.isEmpty() || question.id().equals(id)).findFirst().ifPresentOrElse(
                    question -> question.answer().complete(reply.content().path("value").asText()),
                    () -> LOG.log(System.Logger.Level.INFO, "an input_reply came to which there is no question"));
        }
    }
}
