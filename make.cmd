@echo off
rem The Makefile's demo and test for Windows without make: .\make demo, .\make test. Needs Python 3.11 or newer.
setlocal
cd /d "%~dp0"
set PYTHONUTF8=1
set "PY=.venv\Scripts\python.exe"
set "INSTALL=%PY% -m pip install -qq --disable-pip-version-check"
if "%1"=="demo" goto ready
if "%1"=="test" goto ready
echo   .\make demo      Check the samples; writes returns, the citywide workbook and findings into out\demo
echo   .\make test      Lint, then run all tests
exit /b 2

:ready
fc /b requirements\dev.txt .venv\locked.txt >nul 2>&1 && goto %1
py -3 -c "import sys;sys.exit('Python 3.11 or newer is needed' if sys.version_info<(3,11) else 0)" || exit /b 1
echo Installing the pinned dependencies into .venv
py -3 -m venv .venv || exit /b 1
%INSTALL% --require-hashes -r requirements\dev.txt || exit /b 1
%INSTALL% --no-index --no-deps --no-build-isolation -e . || exit /b 1
copy /y requirements\dev.txt .venv\locked.txt >nul
goto %1

:demo
%PY% -m jixiao run samples/city samples/published -o out/demo --roster samples/city/roster.csv
rem 1 says that errors were found in the samples, as they are meant to be.
if %errorlevel%==1 exit /b 0
exit /b %errorlevel%

:test
%PY% -m ruff check . || exit /b 1
%PY% -m ruff format --check . || exit /b 1
%PY% -m mypy || exit /b 1
.venv\Scripts\lint-imports.exe || exit /b 1
%PY% -m pytest -n 2 --dist worksteal
exit /b %errorlevel%
