package dev.weir.cli;

import dev.weir.config.ConfigException;
import dev.weir.script.engine.ScriptException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Ends a command that threw: what it says on the standard error, and with which exit code. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  Failure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The world's failures in one line; a bug with its stack trace. */
  static int report(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (e instanceof Failure failure) {
      err.println(failure.getMessage());
      return failure.exitCode;
    }
    if (e instanceof ConfigException || e instanceof ScriptException) {
      err.println(e.getMessage());
      return ExitCode.CONFIGURATION;
    }
    if (e instanceof BucketCaptures.Unreachable) {
      err.println(e.getMessage());
      return ExitCode.UNREACHABLE;
    }
    if (e instanceof IOException failure) {
      err.println(said(failure));
      return ExitCode.FAILED;
    }
    err.println("this is a bug in weir; please report it with what stands below:");
    e.printStackTrace(err);
    return ExitCode.FAILED;
  }

  /** Where a file's name is all the message, what is wrong with it stands in the type. */
  private static String said(IOException e) {
    if (e instanceof FileSystemException file
        && file.getReason() == null
        && file.getFile() != null) {
      return file.getFile() + ": " + wrong(file);
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String wrong(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "whoever runs this may not use it";
    }
    return e.getClass().getSimpleName();
  }

  /** One line about what is wrong, and where to read on. */
  static int reportUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr().println("how to use it: " + line.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }
}
