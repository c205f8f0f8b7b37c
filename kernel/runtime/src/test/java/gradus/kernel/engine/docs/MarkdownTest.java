package gradus.kernel.engine.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MarkdownTest {

    private static void becomes(String html, String markdown) {
        assertEquals(html, Markdown.toHtml(markdown).strip());
    }

    @Test
    void paragraphsAndHeadings() {
        becomes("<p>one\ntwo</p>\n<p>three<br>four</p>", "one\ntwo\n\nthree  \nfour");
        becomes("<h2>Title</h2>\n<h1>Set</h1>\n<hr>", "## Title ##\nSet\n===\n\n* * *");
    }

    @Test
    void emphasisKeepsClearOfNamesAndProducts() {
        becomes("<p><em>a</em> <strong>b <em>c</em></strong> snake_case_name 2 * 3 * 4 __init *p</p>",
                "*a* **b _c_** snake_case_name 2 * 3 * 4 __init *p");
        becomes("<p>*not* \\ &lt;b</p>", "\\*not\\* \\ <b");
    }

    @Test
    void codeIsLeftAlone() {
        becomes("<p><code>a *b* &lt;c&gt;</code> <code>`</code></p>", "`a *b* <c>` `` ` ``");
        becomes("<pre><code>x = *y*;\n\n  z &lt; 1</code></pre>", "```java\nx = *y*;\n\n  z < 1\n```");
        becomes("<p>before</p>\n<pre><code>indented\n    more</code></pre>\n<p>after</p>",
                "before\n\n    indented\n        more\n\nafter");
    }

    @Test
    void listsNestAndContinue() {
        becomes("<ul><li>a\nb</li>\n<li>c\n<ol><li>d</li>\n</ol></li>\n</ul>\n<p>end</p>",
                "- a\n  b\n- c\n  1. d\n\nend");
        becomes("<ul><li><p>a</p>\n<p>b</p></li>\n</ul>", "* a\n\n  b");
    }

    @Test
    void tablesAndQuotes() {
        becomes("<table><tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>x|y</td></tr>\n</table>",
                "| a | b |\n|---|--:|\n| 1 | x\\|y |");
        becomes("<blockquote><p>said\nmore</p>\n</blockquote>", "> said\n> more");
    }

    @Test
    void referencesNameElementsAndLinksLeadAway() {
        becomes("<p><code>List.add(Object)</code>, <code>size</code>, the map, a[Ab] [0] [i] [N]</p>",
                "[java.util.List#add(Object)], [#size], [the map][java.util.Map], a[Ab] [0] [i] [N]");
        becomes("<p><a href=\"https://h/a_(b)\">x</a> <a href=\"https://h\">https://h</a>"
                + " <a href=\"https://d\">y</a></p>",
                "[x](https://h/a_(b)) <https://h> [y][d]\n\n[d]: https://d");
    }

    @Test
    void htmlPassesThrough() {
        becomes("<p>a <b>c</b> &lt; &amp; &lt;</p>", "a <b>c</b> < & &lt;");
        becomes("<div>\n*as it is*\n</div>", "<div>\n*as it is*\n</div>");
    }
}
