package gradus.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.Displayable;
import gradus.kernel.api.MimeBundle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ValuesTest {

    private final Values values = new Values();

    private String plain(Object value) {
        return values.render(value).plain();
    }

    @Test
    void arraysShowTheirElements() {
        assertEquals("[1, 2]", plain(new int[] {1, 2}));
        assertEquals("[[1.0], [2.0, null]]", plain(new Double[][] {{1.0}, {2.0, null}}));
        assertEquals("null", plain(null));
    }

    @Test
    void hugeValuesAreCutAndSayTheirSize() {
        assertTrue(plain(new int[2_000_000]).endsWith(" characters in all"));
        assertTrue(plain("x".repeat(30_000)).endsWith("… 30000 characters in all"));
    }

    @Test
    void aStreamIsNotConsumed() {
        var stream = Stream.of(1, 2);
        plain(stream);
        assertEquals(List.of(1, 2), stream.toList());
    }

    @Test
    void aDisplayableDecidesItsOwnLook() {
        Displayable heading = () -> MimeBundle.text("plain").with(MimeBundle.HTML, "<h1>rich</h1>");
        assertEquals("<h1>rich</h1>", values.render(heading).data().get(MimeBundle.HTML));
    }
}
