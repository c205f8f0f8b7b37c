package gradus.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.Displayable;
import gradus.kernel.api.MimeBundle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ValuesTest {

    record Sample(double[] xs, String name) {
    }

    record City(String name, int people) {
    }

    record Secret(String value) {
        @Override
        public String toString() {
            return "a secret";
        }
    }

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
    void collectionsShowTheArraysInThem() {
        var map = new LinkedHashMap<String, Object>();
        map.put("xs", List.of(new int[] {1}, new String[] {"a"}));
        map.put("none", null);
        assertEquals("{xs=[[1], [a]], none=null}", plain(map));
        assertEquals("Sample[xs=[1.0, 2.0], name=a]", plain(new Sample(new double[] {1, 2}, "a")));
    }

    @Test
    void aRecordWithATextOfItsOwnKeepsIt() {
        assertEquals("a secret", plain(new Secret("x")));
    }

    @Test
    void hugeValuesAreCutAndSayTheirSize() {
        assertTrue(plain(new int[2_000_000]).endsWith(", … 2000000 elements in all]"));
        assertTrue(plain("x".repeat(30_000)).endsWith("\n… 30000 characters in all"));
        assertTrue(plain(new float[3_000][3_000]).length() < 50_000);
        assertTrue(plain(List.of("y".repeat(50_000))).endsWith("y… 50000 characters in all]"));
    }

    @Test
    void ofAHugeListOnlyWhatIsShownIsAskedForItsText() {
        var asked = new AtomicInteger();
        var element = new Object() {
            @Override
            public String toString() {
                asked.incrementAndGet();
                return "e";
            }
        };
        plain(Collections.nCopies(1_000_000, element));
        assertTrue(asked.get() <= 1_000, asked + " elements were asked");
    }

    @Test
    void aListThatHoldsItselfEnds() {
        var list = new ArrayList<Object>(List.of(1));
        list.add(list);
        assertEquals("[1, (this one)]", plain(list));
    }

    @Test
    void recordsOfOneTypeAreATable() {
        var bundle = values.render(List.of(new City("Ulm", 126_000), new City("<Bonn>", 330_000)));
        assertEquals("""
                name    people
                Ulm     126000
                <Bonn>  330000""", bundle.plain());
        var html = bundle.data().get(MimeBundle.HTML).toString();
        assertTrue(html.contains("<td style=\"text-align: right\">126000</td>"), html);
        assertTrue(html.contains("&lt;Bonn&gt;") && !html.contains("<Bonn>"), html);
    }

    @Test
    void mapsAreATableOfAllTheirKeys() {
        assertEquals("""
                a  b
                1
                2  x""", plain(List.of(Map.of("a", 1), new TreeMap<>(Map.of("a", 2, "b", "x")))));
        assertEquals("1  a\n2\n   3", plain(List.of(Map.of(1, 2), new TreeMap<>(Map.of("a", 3)))));
    }

    @Test
    void ofALongTableTheRestIsCounted() {
        var text = plain(Collections.nCopies(70_000, new City("Ulm", 1)));
        assertTrue(text.endsWith("\n… 70000 rows in all"), text);
        assertEquals(52, text.lines().count());
    }

    @Test
    void mixedListsStayLists() {
        assertEquals("[City[name=Ulm, people=1], 2]", plain(List.of(new City("Ulm", 1), 2)));
        assertEquals("[]", plain(List.of()));
    }

    @Test
    void anImageIsAPicture() throws IOException {
        var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0xFF8000);
        var png = Base64.getDecoder().decode(values.render(image).data().get(MimeBundle.PNG).toString());
        assertEquals(0xFFFF8000, ImageIO.read(new ByteArrayInputStream(png)).getRGB(2, 1));
    }

    @Test
    void whatAToStringThrowsIsNotHidden() {
        var broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        };
        assertThrows(IllegalStateException.class, () -> plain(broken));
        assertThrows(IllegalStateException.class, () -> plain(List.of(broken)));
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
