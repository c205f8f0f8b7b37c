package gradus.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.session.CellOutput.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CellOutputTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> published = new ArrayList<>();
    private final FrontEnds frontEnds = new FrontEnds(message -> published.add(message.type() + " " + message.content()),
            timer, new Values(), new OpenComms(), new AtomicInteger(FrontEnds.OUTPUT_LIMIT));
    private final CellOutput output = new CellOutput(Json.object(), frontEnds, (prompt, hidden) -> "answer to " + prompt);

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private void write(Stream stream, byte[] bytes) {
        output.write(stream, bytes, 0, bytes.length);
    }

    @Test
    void aCharacterSplitBetweenTwoFlushesArrivesWhole() {
        var emoji = "😀".getBytes(StandardCharsets.UTF_8);
        synchronized (output) {   // keeps the timer out
            write(Stream.stdout, new byte[] {'a', emoji[0], emoji[1]});
            output.flush();
            write(Stream.stdout, new byte[] {emoji[2], emoji[3], 'b'});
            output.flush();
        }
        assertEquals(List.of("stream {\"name\":\"stdout\",\"text\":\"a\"}",
                "stream {\"name\":\"stdout\",\"text\":\"😀b\"}"), published);
    }

    @Test
    void theOrderOfTheProgramIsTheOrderOfTheMessages() {
        synchronized (output) {
            output.write(Stream.stdout, "one ");
            output.write(Stream.stdout, "two");
            output.write(Stream.stderr, "three");
            output.clearOutput(true);
            output.write(Stream.stdout, "four");
            output.result(MimeBundle.text("5"), 7);
        }
        assertEquals(List.of("stream {\"name\":\"stdout\",\"text\":\"one two\"}",
                "stream {\"name\":\"stderr\",\"text\":\"three\"}",
                "clear_output {\"wait\":true}",
                "stream {\"name\":\"stdout\",\"text\":\"four\"}",
                "execute_result {\"data\":{\"text/plain\":\"5\"},\"metadata\":{},\"execution_count\":7}"), published);
    }

    @Test
    void manySmallWritesAreFewMessages() {
        for (int i = 0; i < 200_000; i++) {
            output.write(Stream.stdout, "line " + i + "\n");
        }
        output.flush();
        assertEquals(true, published.size() < 500, published.size() + " messages");
    }

    @Test
    void beyondTheLimitTheTextIsInAFile() throws IOException {
        frontEnds.outputLimit().set(4);
        output.write(Stream.stdout, "abc😀def");   // the limit falls into the middle of the emoji
        output.write(Stream.stderr, "ghi");
        output.end();
        assertEquals("stream {\"name\":\"stdout\",\"text\":\"abc\"}", published.getFirst());
        var notice = published.getLast();
        assertTrue(notice.startsWith("update_display_data "), notice);
        var file = Path.of(notice.replaceFirst(".* 8 more are in (\\S+); .*", "$1"));
        assertEquals("😀defghi", Files.readString(file));
        Files.delete(file);
    }

    @Test
    void aPageComesWithTheReplyOrElseBelowTheCell() {
        output.page("in time");
        assertEquals("[{\"source\":\"page\",\"start\":0,\"data\":{\"text/plain\":\"in time\"}}]", output.end().toString());
        output.page("late");
        assertTrue(published.getLast().startsWith("display_data {\"data\":{\"text/plain\":\"late\"}"), published.getLast());
        assertThrows(IllegalStateException.class, () -> output.setNextInput("late"));
    }
}
