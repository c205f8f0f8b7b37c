"""jupyter_kernel_test, the suite by which Jupyter judges kernels, against the installed kernel."""

import jupyter_kernel_test


class WelcomeTest(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "gradus"
    support_iopub_welcome = True


class ConformanceTest(jupyter_kernel_test.KernelTests):
    kernel_name = "gradus"
    language_name = "java"
    file_extension = ".jshell"

    code_hello_world = 'System.out.println("hello, world");'
    code_stderr = 'System.err.println("oops");'
    code_generate_error = 'throw new IllegalStateException("as asked");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"step".repeat(2)', "result": "stepstep"},
        {"code": "int x = 4; x * x", "result": "16"},
    ]
    code_display_data = [
        {"code": 'display("a string");', "mime": "text/plain"},
    ]
    code_clear_output = "clearOutput();"
    code_inspect_sample = "Math.max"
    code_page_something = 'page("a long text");'
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 [*] ?"

    completion_samples = [
        {"text": "Math.ab", "matches": {"abs(", "absExact("}},
        {"text": "System.out.prin"},
    ]
    complete_code_samples = ["1 + 1", "int a = 3;", "for (int i = 0; i < 3; i++) { }", "class A { }\nnew A()", ""]
    incomplete_code_samples = ["for (int i = 0; i < 3; i++) {", "class A {", "Math.max(1,", "int a = "]
    invalid_code_samples = ["int x = = 3;", "1 +* 2", "import = 7;", ")"]
