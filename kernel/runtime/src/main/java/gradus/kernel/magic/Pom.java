package gradus.kernel.magic;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.WorkspaceReader;
import org.eclipse.aether.repository.WorkspaceRepository;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A project as Maven describes it, pasted into a cell. */
record Pom(String xml, Artifact artifact) {

    private static final String WANTED = "\npaste a whole pom.xml, or what stands in it: <dependency>…</dependency>";

    /** Reads a whole project, or parts of one: dependencies, their management, properties, repositories. */
    static Pom parse(String text) {
        var body = text.strip().replaceFirst("(?s)^<\\?xml.*?\\?>", "");
        var root = element("<paste>" + body + "</paste>");
        var project = child(root, "project");
        if (project.isPresent()) {
            return new Pom(body, new DefaultArtifact(inherited(project.get(), "groupId"),
                    inherited(project.get(), "artifactId"), "pom", inherited(project.get(), "version")));
        }
        var dependencies = new StringBuilder();
        var others = new StringBuilder();
        for (var node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element part) {
                switch (part.getTagName()) {
                    case "dependency" -> dependencies.append(xml(part));
                    case "dependencies" -> elements(part).forEach(each -> dependencies.append(xml(each)));
                    default -> others.append(xml(part));
                }
            } else if (node.getNodeType() == Node.TEXT_NODE && !node.getTextContent().isBlank()) {
                throw new IllegalArgumentException("this is no part of a pom: " + node.getTextContent().strip() + WANTED);
            }
        }
        if (dependencies.isEmpty()) {
            throw new IllegalArgumentException("there is no dependency in this cell" + WANTED);
        }
        return new Pom("<project><modelVersion>4.0.0</modelVersion><groupId>notebook</groupId><artifactId>cell</artifactId>"
                + "<version>1</version>" + others + "<dependencies>" + dependencies + "</dependencies></project>",
                new DefaultArtifact("notebook", "cell", "pom", "1"));
    }

    private static Element element(String xml) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);   // it would print what it throws
            return builder.parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new IllegalArgumentException("this is no XML: " + e.getMessage() + WANTED);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this Java cannot read XML safely", e);
        }
    }

    private static List<Element> elements(Element of) {
        var children = of.getChildNodes();
        return IntStream.range(0, children.getLength()).mapToObj(children::item)
                .filter(Element.class::isInstance).map(Element.class::cast).toList();
    }

    private static Optional<Element> child(Element of, String name) {
        return elements(of).stream().filter(each -> each.getTagName().equals(name)).findFirst();
    }

    private static String inherited(Element project, String name) {
        return child(project, name).or(() -> child(project, "parent").flatMap(parent -> child(parent, name)))
                .map(each -> each.getTextContent().strip()).orElseThrow(() -> new IllegalArgumentException(
                        "the project has no " + name + ", nor has its parent" + WANTED));
    }

    private static String xml(Element part) {
        try {
            var transformer = TransformerFactory.newInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            var text = new StringWriter();
            transformer.transform(new DOMSource(part), new StreamResult(text));
            return text.toString();
        } catch (TransformerException e) {
            throw new IllegalStateException("this Java cannot write XML", e);
        }
    }

    /** Where the resolver finds this project as if it had been released. */
    Workspace workspace() throws IOException {
        return new Workspace(Files.writeString(Files.createTempFile("cell", ".pom"), xml));
    }

    /** Holds one file, until it is closed. */
    final class Workspace implements WorkspaceReader, AutoCloseable {

        private final Path file;
        private final WorkspaceRepository repository = new WorkspaceRepository("notebook");

        private Workspace(Path file) {
            this.file = file;
        }

        @Override
        public WorkspaceRepository getRepository() {
            return repository;
        }

        @Override
        public File findArtifact(Artifact wanted) {
            boolean mine = wanted.getExtension().equals("pom") && wanted.getGroupId().equals(artifact.getGroupId())
                    && wanted.getArtifactId().equals(artifact.getArtifactId())
                    && wanted.getVersion().equals(artifact.getVersion());
            return mine ? file.toFile() : null;   // null: the interface's word for nothing
        }

        @Override
        public List<String> findVersions(Artifact wanted) {
            return List.of();
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }
}
