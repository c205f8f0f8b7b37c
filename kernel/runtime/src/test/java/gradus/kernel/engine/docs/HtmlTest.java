package gradus.kernel.engine.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HtmlTest {

    private static String safe(String html) {
        return Html.safe(Html.parse(html));
    }

    private static String plain(String html, int width) {
        return PlainText.of(Html.parse(html), width);
    }

    @Test
    void nothingThatActsIsLeft() {
        assertEquals("ab", safe("a<script>alert('<b>')</script><style>p {}</style><iframe src=x></iframe>b"));
        assertEquals("<b>x</b>", safe("<b onclick=\"f('>')\" style='color:red' id=i>x</b>"));
        assertEquals("no link", safe("<a href=\"java&#115;cript:f()\">no link</a>"));
        assertEquals("<a href=\"https://host/?a=1&amp;b=2\">link</a>",
                safe("<a href='https://host/?a=1&b=2' target=_top>link</a>"));
        assertEquals("picture", safe("<img src=http://host/spy.png onerror=f() alt=picture>"));
        assertEquals("&lt;b&gt; &amp; &quot;", safe("&lt;b&gt; &amp; &quot;"));
    }

    @Test
    void whatIsLeftOpenOrMisnestedIsClosed() {
        assertEquals("<p>one</p><p>two</p><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
                safe("<p>one<p>two<ul><li>a<li>b<ul><li>c</ul></ul></p>"));
        assertEquals("<b>bold <i>both</i></b> rest", safe("<b>bold <i>both</b> rest</i>"));
        assertEquals("a &lt; b &lt;- c", safe("a < b <- c"));
    }

    @Test
    void namedAndNumberedEntitiesBecomeCharacters() {
        assertEquals("≤ π — A € &nosuch; © \ufffd\ufffd",
                Html.text(Html.parse("&le; &pi; &mdash; &#65; &#x20ac; &nosuch; &copy; &#0;&#xd800;")));
    }

    @Test
    void deepNestingIsCutOffInsteadOfOverflowing() {
        assertEquals("x", Html.text(Html.parse("<b>".repeat(100_000) + "x")));
        assertEquals("x", plain("<ul><li>".repeat(20_000) + "x", 40).replaceAll("[^x]", ""));
    }

    @Test
    void paragraphsAreWrappedAndCodeIsLeftAsItStands() {
        assertEquals("""
                Some words that wrap
                at twenty.

                    if (a   <   b)
                        wide = "longer than the line";

                2^31 and x_(i, j)""", plain("Some words that\n wrap at twenty.<pre>\n  if (a   &lt;   b)\n"
                + "      wide = \"longer than the line\";\n</pre>2<sup>31</sup> and x<sub>i, j</sub>", 20));
    }

    @Test
    void listsHangAndTablesAlign() {
        assertEquals("""
                Such:

                  • first item that
                    is long
                  • second
                      1. one
                      2. two""", plain("Such:<ul><li>first item that is long"
                + "<li>second<ol><li>one<li>two</ol></ul>", 21));
        assertEquals("""
                name  what
                ────  ──────────────
                a     words that
                      need two lines
                bc    b""", plain("<table><tr><th>name<th>what</tr><tr><td>a<td>words that need two lines</tr>"
                + "<tr><td>bc<td>b</table>", 20));
        assertEquals("term\n    what it is", plain("<dl><dt>term<dd>what it is</dl>", 40));
    }
}
